// Risk pages: a filter over the rows of a page, and choices that apply at once.
import { $, $$ } from "./shell.js";
// A level as a coloured number with its band.
const mark = cell => {
  const mark = document.createElement("span"), no = document.createElement("i"), name = document.createElement("span");
  mark.className = `lv lv-${cell[3]}`; no.textContent = cell[2]; name.textContent = cell[5]; mark.append(no, name); return mark;
};

for (const input of $$("[data-rowfilter]")) {
  const table = $(input.dataset.rowfilter); if (!table) continue;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) for (const fold of $$("details:not([open])", table)) fold.open = true;
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
// Levels by dimension suggest an impact: the worst, the weighted mean with halves up, or the level of all their money.
for (const say of $$("[data-dims]")) {
  const { way, weights, middles, lows, top } = JSON.parse(say.dataset.dims), box = say.closest("details");
  const total = (list, of) => list.reduce((sum, x, i) => sum + of(x, i), 0);
  box.addEventListener("change", () => {
    const levels = $$("select", box).map(s => +s.value), given = levels.filter(Boolean), b = document.createElement("b");
    let level = Math.max(0, ...given);
    if (way === "sum" && level) level = Math.max(1, lows.filter(l => l <= total(given, l => middles[l - 1])).length);
    if (way === "weighted_sum") {
      const known = Math.abs(total(weights, w => w) - 100) < 1e-9 && levels.every((l, i) => l || !weights[i]);
      level = known ? Math.min(top, Math.floor(total(levels, (l, i) => l * weights[i]) / 100 + .5 + 1e-9)) : 0;
    }
    b.textContent = level;
    say.replaceChildren(...(level ? [say.dataset.says, " ", b] : []));
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
// Long work is looked at again until it has ended; words and bar change in their place, the focus stays where it is.
const again = work => {
  const ask = new XMLHttpRequest();
  ask.open("GET", location.href); ask.responseType = "document"; ask.timeout = 20000;
  ask.onloadend = () => {
    const found = ask.response && $("[data-again]", ask.response);
    if (ask.response && !found) { location.reload(); return; }
    if (found) {
      $("progress", work).value = $("progress", found).value;
      const said = $("[role=status]", work), says = $("[role=status]", found).textContent;
      if (said.textContent !== says) said.textContent = says;
    }
    setTimeout(again, +work.dataset.again, work);
  };
  ask.send();
};
for (const work of $$("[data-again]")) setTimeout(again, +work.dataset.again, work);
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
