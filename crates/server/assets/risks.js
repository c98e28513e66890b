// Risk pages: a filter over the rows of a page, arrow keys in a grid, and choices that apply at once.
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
for (const form of $$("form[data-auto]")) form.addEventListener("change", e => { if (e.target.matches("select")) form.requestSubmit(); });
for (const table of $$("[data-grid]")) table.addEventListener("keydown", e => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key], link = e.target.closest("a");
  if (!step || !link) return;
  const at = link.matches(".edit") ? ".edit" : ".t", all = $$(`tbody tr:not([hidden]) a${at}`, table), next = all[all.indexOf(link) + step];
  if (next) { e.preventDefault(); next.focus(); }
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
// Long work is looked at again until it has ended; words and bar change in their place, the focus stays where it is.
const again = async work => {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
  if (answer) {
    const found = $("[data-again]", new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (!found) { location.reload(); return; }
    $("progress", work).value = $("progress", found).value;
    const said = $("[role=status]", work), says = $("[role=status]", found).textContent;
    if (said.textContent !== says) said.textContent = says;
  }
  setTimeout(again, +work.dataset.again, work);
};
for (const work of $$("[data-again]")) setTimeout(again, +work.dataset.again, work);
