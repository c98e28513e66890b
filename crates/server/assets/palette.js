// The palette: the search page in a dialog. Focus stays in the field, options are the links themselves.
import { $, $$, ask_date } from "./shell.js";
const pal = $("#palette"), input = pal && $("input", pal), list = pal && $("ul", pal);
const places = ["home", "steps", "risk", "asset", "control", "document", "people", "check", "menu", "settings"];
const asof = new URLSearchParams(location.search).get("asof");
let at = 0, wait, running;
const links = () => $$("a", list);
const paint = () => links().forEach((a, i) => {
  const on = i === at; a.classList.toggle("hit", on); a.setAttribute("aria-selected", on);
  if (on) { a.scrollIntoView({ block: "nearest" }); input.setAttribute("aria-activedescendant", a.id); }
});
const text = (tag, words, cls) => { const e = document.createElement(tag); e.textContent = words; if (cls) e.className = cls; return e; };
const icon = name => {
  const i = places.indexOf(name), from = i < 0 ? $(".searchbtn svg") : $$("#nav li svg")[i];
  return from ? from.cloneNode(true) : text("span", "");
};
const show = groups => {
  let n = 0;
  list.replaceChildren(...groups.flatMap(g => {
    const head = text("li", g.label, "g"); head.setAttribute("role", "presentation");
    return [head, ...g.items.map(it => {
      const li = document.createElement("li"), a = document.createElement("a"); li.setAttribute("role", "presentation");
      a.href = it.href; a.act = it.act; a.id = `pal-${n++}`; a.tabIndex = -1; a.setAttribute("role", "option");
      a.append(it.act?.querySelector("svg")?.cloneNode(true) ?? icon(it.icon), text("span", it.label), text("span", it.hint, "r")); li.append(a); return li;
    })];
  }));
  at = 0; input.removeAttribute("aria-activedescendant"); paint();
};
// What the buttons of the page do, with their keys: searched here, since the page has them already.
const here = () => {
  const q = input.value.trim(), words = q.replace(/^>/, "").toLowerCase().split(/\s+/);
  if (/^[#@§]/.test(q)) return [];
  const items = $$(".pagehead .acts a:not(.iconbtn), #main .menu:not([id^=f]) a.mi, #main .menu [data-print]").map(act => ({
    act, href: act.href ?? location.href, icon: "", label: act.textContent.replace(/\s+/g, " ").trim(), hint: act.matches("[data-edit]") ? "e" : act.matches("[data-new]") ? "n" : "",
  })).filter(it => words.every(w => it.label.toLowerCase().includes(w)));
  return items.length ? [{ label: list.dataset.here, items: items.slice(0, q ? 8 : 4) }] : [];
};
const ask = async () => {
  running?.abort(); const mine = running = new AbortController();
  list.setAttribute("aria-busy", "true");
  const query = new URLSearchParams({ q: input.value }); if (asof) query.set("asof", asof);
  try {
    const answer = await fetch(`/search.json?${query}`, { signal: mine.signal });
    if (answer.ok) { const { groups } = await answer.json(), own = here(); show(input.value.trim().startsWith(">") ? [...own, ...groups] : [...groups, ...own]); }
    list.removeAttribute("aria-busy");
  } catch { if (running === mine) list.removeAttribute("aria-busy"); }
};
export const open = () => { if (!pal.open) { pal.showModal(); input.value = ""; ask(); } input.focus(); };
export const toggle = () => pal.open ? pal.close() : open();
if (pal) {
  for (const b of $$("[data-palette]")) b.addEventListener("click", e => { if (e.ctrlKey || e.metaKey) return; e.preventDefault(); open(); });
  input.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(ask, 60); });
  const go = a => { if (a.act) { pal.close(); a.act.click(); } else if (a.hash === "#asof" && a.pathname === location.pathname) { pal.close(); ask_date(); } else location.href = a.href; };
  pal.addEventListener("keydown", e => {
    const all = links();
    if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); if (all.length) { at = (at + (e.key === "ArrowDown" ? 1 : -1) + all.length) % all.length; paint(); } }
    else if (e.key === "Enter" && !e.isComposing && all[at] && !list.hasAttribute("aria-busy")) { e.preventDefault(); go(all[at]); }
  });
  pal.addEventListener("click", e => { const a = e.target.closest("a"); if (a?.act || a?.hash === "#asof") { e.preventDefault(); go(a); } else if (e.target === pal) pal.close(); });
}
