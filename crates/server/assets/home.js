// Chips that put their words into the field above; without script they are not shown.
for (const strip of document.querySelectorAll("[data-fill]")) {
  const field = document.getElementById(strip.dataset.fill);
  if (!field) continue;
  strip.hidden = false;
  strip.addEventListener("click", e => {
    const chip = e.target.closest("button"); if (!chip) return;
    field.value = field.value.trim() ? `${field.value.trim()}. ${chip.textContent}: ` : `${chip.textContent}: `;
    field.focus();
  });
}
