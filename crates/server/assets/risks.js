// Risk pages: a filter over the rows of a page, arrow keys in a grid, and choices that apply at once.
import { $, $$ } from "./shell.js";
// A level as a coloured number with its band.
const mark = cell => {
  const mark = document.createElement("span"), no = document.createElement("i"), name = document.createElement("span");
  mark.className = `lv lv-${cell[3]}`; no.textContent = cell[2]; name.textContent = cell[5]; mark.append(no, name); return mark;
};

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
    $("[data-level]", form).replaceChildren(mark(cell));
    const v = $("[data-verdict]", form); v.textContent = cell[4] === "1" ? v.dataset.above : v.dataset.within;
  });
}
// Fast entry: Enter goes down the column, the level follows what is chosen.
for (const form of $$("form[data-fast]")) {
  const cells = form.dataset.matrix.split(";").map(c => c.split(","));
  form.addEventListener("keydown", e => {
    if (e.key !== "Enter" || e.target.matches("button, a")) return;
    e.preventDefault();
    if (e.ctrlKey || e.metaKey) return form.requestSubmit();
    const cell = e.target.closest("td, th"), row = cell.parentElement, next = e.shiftKey ? row.previousElementSibling : row.nextElementSibling;
    $("select, input:not([type=hidden])", next?.cells[cell.cellIndex] ?? cell)?.focus();
  });
  form.addEventListener("change", e => {
    const row = e.target.closest("tr"), l = $("[data-l]", row)?.value, i = $("[data-i]", row)?.value, cell = cells.find(c => c[0] === l && c[1] === i);
    if (row && cell) $("[data-now]", row).replaceChildren(mark(cell));
  });
}
// Threat and weakness suggest a likelihood: the middle, halves up.
for (const say of $$("[data-suggest]")) {
  const form = say.closest("form"), t = form.elements.threat_level, v = form.elements.ease_of_exploitation;
  form.addEventListener("change", e => {
    if (e.target !== t && e.target !== v) return;
    const b = document.createElement("b"); b.textContent = Math.min(+say.dataset.top, Math.floor((+t.value + +v.value) / 2 + .5));
    say.replaceChildren(...(t.value && v.value ? [say.dataset.suggest, " ", b] : []));
  });
}
// A workshop: the number of votes rises as they come in; when the screen is another one, it is drawn anew.
for (const box of $$("[data-workshop]")) {
  let dirty = false;
  box.addEventListener("input", () => { dirty = true; });
  const events = new EventSource("/risks/workshop/stream");
  // What somebody sends here themselves leads on by itself.
  addEventListener("submit", () => events.close());
  events.onmessage = e => {
    const { key, votes } = JSON.parse(e.data);
    if (key === box.dataset.workshop) { $("[data-votes]", box).textContent = votes; return; }
    // What somebody leading has typed is not taken away; sending it says that the workshop has moved on.
    if (!dirty || !$("textarea", box)) { events.close(); location.replace(location.pathname + location.search); }
  };
}
