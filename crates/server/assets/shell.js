// Looks, toasts, printing: what every page has.
export const $ = (s, r = document) => r.querySelector(s), $$ = (s, r = document) => [...r.querySelectorAll(s)];
const root = document.documentElement;

// The choice of a date, opened by a key or from the palette, has the focus.
export const ask_date = () => { const box = $("#asof"); box?.togglePopover(); if (box?.matches(":popover-open")) $("input[type=date]", box).focus(); };

// The choice of colours and row height applies at once and is kept by the server in a cookie.
for (const form of $$("[data-look]")) {
  for (const b of $$("[data-noscript]", form)) b.hidden = true;
  form.addEventListener("change", () => {
    for (const key of ["theme", "density"]) {
      const v = form.elements[key]?.value ?? "";
      v ? root.setAttribute(`data-${key}`, v) : root.removeAttribute(`data-${key}`);
    }
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
  });
}

// Toasts: a polite live region, with the way back where there is one.
export const toast = (text, undo) => {
  const box = $("#toasts"); if (!box) return;
  const t = document.createElement("div"); t.className = "toast";
  t.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (undo) { const b = document.createElement("button"); b.type = "button"; b.textContent = undo.label; b.addEventListener("click", () => { undo.run(); t.remove(); }); t.append(b); }
  box.append(t); fade(t);
};
const fade = t => {
  let timer = setTimeout(() => t.remove(), 8000);
  const hold = () => clearTimeout(timer), go = () => { clearTimeout(timer); timer = setTimeout(() => t.remove(), 4000); };
  t.addEventListener("pointerenter", hold); t.addEventListener("focusin", hold);
  t.addEventListener("pointerleave", go); t.addEventListener("focusout", go);
};
/** A toast that came with another page, with its own way back. */
export const toasted = t => { if (t) { $("#toasts")?.append(document.adoptNode(t)); fade(t); } };
for (const t of $$("[data-toast-now]")) {
  fade(t);
  // The toast is said once: reloading the page must not say it again.
  const url = new URL(location.href); url.searchParams.delete("done"); url.searchParams.delete("undo");
  history.replaceState(null, "", url);
}
document.addEventListener("click", e => {
  if (e.target.closest("[data-print]")) print();
  // Going back keeps what was typed, which opening the page anew would not.
  if (e.target.closest("[data-back]") && history.length > 1) { e.preventDefault(); history.back(); }
});
