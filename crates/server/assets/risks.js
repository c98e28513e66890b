// Risk pages: a filter over the rows of a page, and choices that apply at once.
import { $, $$ } from "./shell.js";

for (const input of $$("[data-rowfilter]")) {
  const table = $(input.dataset.rowfilter); if (!table) continue;
  input.hidden = false;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of $$("tbody tr:not(.grp)", table)) { const text = row.textContent.toLowerCase(); row.hidden = !words.every(w => text.includes(w)); }
  });
  input.addEventListener("keydown", e => { if (e.key === "Enter") e.preventDefault(); });
}
// A version chosen to compare with takes the place of a day.
for (const form of $$("form[data-auto]")) form.addEventListener("change", e => {
  const day = $("[data-day]", form);
  if (e.target.name === "compare" && day) day.value = "";
  if (e.target.matches("select, [data-day]")) form.requestSubmit();
});
// The level follows the choice at once; the server works it out again when it is saved.
for (const form of $$("form[data-cells]")) {
  const cells = form.dataset.cells.split(";").map(c => c.split(","));
  form.addEventListener("change", () => {
    const l = form.elements.current_likelihood?.value, i = form.elements.current_impact?.value, cell = cells.find(c => c[0] === l && c[1] === i);
    if (!cell) return;
    const mark = document.createElement("span"), no = document.createElement("i"), name = document.createElement("span");
    mark.className = `lv lv-${cell[3]}`; no.textContent = cell[2]; name.textContent = cell[5]; mark.append(no, name);
    $("[data-level]", form).replaceChildren(mark);
    const v = $("[data-verdict]", form); v.textContent = cell[4] === "1" ? v.dataset.above : v.dataset.within;
  });
}
