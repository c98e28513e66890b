// Risk pages: a filter over the rows of a page, arrow keys in a grid, and choices that apply at once.
import { $, $$ } from "./shell.js";

for (const input of $$("[data-rowfilter]")) {
  const table = $(input.dataset.rowfilter); if (!table) continue;
  input.hidden = false;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) for (const fold of $$("details:not([open])", table)) fold.open = true;
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
// What a form would change is asked for while one chooses. The answer is the page itself as the button brings it; only the
// part that tells the effect is taken from it. A request whose answer is a document needs no HTML made from text.
for (const form of $$("form[data-live]")) {
  let timer, asking;
  const ask = () => {
    asking?.abort();
    const body = new URLSearchParams([...new FormData(form)].filter(([, v]) => typeof v === "string")), part = () => $("[data-whatif]", form) ?? $("[data-whatif]");
    body.delete("_save"); body.delete("_propose"); body.set("_effect", "1");
    const mine = asking = new XMLHttpRequest();
    mine.open("POST", form.action); mine.responseType = "document";
    part()?.setAttribute("aria-busy", "true");
    mine.onloadend = () => {
      if (mine !== asking) return;
      const now = mine.response && $("[data-whatif]", mine.response), was = part();
      was?.removeAttribute("aria-busy");
      if (!now || !was) return;
      for (const own of $$("[data-live-part]", form)) { const next = mine.response.getElementById(own.id); if (next && !own.contains(document.activeElement)) own.replaceChildren(...[...next.childNodes].map(n => document.adoptNode(n))); }
      const at = was.contains(document.activeElement) ? document.activeElement.id : "", opened = $$("details", was).map(d => d.open), top = was.scrollTop;
      was.replaceChildren(...[...now.childNodes].map(n => document.adoptNode(n)));
      $$("details", was).forEach((d, i) => { if (opened[i] !== undefined) d.open = opened[i]; });
      was.scrollTop = top;
      if (at) document.getElementById(at)?.focus({ preventScroll: true });
    };
    mine.send(body);
  };
  const soon = wait => { clearTimeout(timer); timer = setTimeout(ask, wait); };
  form.addEventListener("change", () => soon(150));
  form.addEventListener("input", e => { if (!e.target.matches("[data-rowfilter]")) soon(700); });
  form.addEventListener("submit", () => { clearTimeout(timer); asking?.abort(); });
}
