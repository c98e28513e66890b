// Forms: pickers with suggestions, previews of long texts, drafts that survive leaving the page.
import { $, $$ } from "./shell.js";
const el = (tag, props = {}, ...kids) => { const e = Object.assign(document.createElement(tag), props); e.append(...kids); return e; };
let count = 0;

// What was chosen is a chip with a way to take it back; without script, a box to untick.
const chip = li => {
  const box = $("input", li), words = li.closest("form")?.dataset.removed;
  if (!words) return;
  const x = el("button", { type: "button", className: "iconbtn", textContent: "×" });
  x.setAttribute("aria-label", words.replace("%", box.value));
  x.addEventListener("click", () => { const f = li.closest("[data-several]"); box.checked = false; box.dispatchEvent(new Event("change", { bubbles: true })); li.remove(); $("[data-pick]", f)?.focus(); });
  box.hidden = true; li.append(x);
};

// A picker is a text field with a button; here it becomes a combobox over the same text field.
const add = (several, ref, text) => {
  let picked = $(".picked", several);
  if (!picked) { picked = el("ul", { className: "picked" }); $(".combo", several).before(picked); }
  const box = el("input", { type: "checkbox", name: several.dataset.name, value: ref, checked: true });
  const li = el("li", {}, el("label", {}, box, " ", el("span", { textContent: text })));
  picked.append(li); chip(li);
};
export const dress = root => { for (const li of $$("[data-several] .picked li", root)) chip(li); for (const input of $$("[data-pick]", root)) picker(input); };
const picker = input => {
  const list = el("ul", { className: "combo-list", id: `pick-${++count}`, role: "listbox", hidden: true });
  const label = input.closest(".field")?.querySelector("label")?.firstChild?.textContent?.trim();
  if (label) list.setAttribute("aria-label", label);
  for (const [k, v] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", list.id], ["aria-autocomplete", "list"]]) input.setAttribute(k, v);
  input.closest(".combo").append(list);
  let timer, asked = 0, at = -1;
  const options = () => $$("li", list);
  const close = () => { list.hidden = true; list.replaceChildren(); at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const mark = n => {
    const all = options(); if (!all.length) return;
    at = (n + all.length) % all.length;
    all.forEach((o, i) => o.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", all[at].id); all[at].scrollIntoView({ block: "nearest" });
  };
  // What is not there yet is made by the button of the form, which comes back with it chosen and everything else as typed.
  const create = () => { const b = el("button", { name: "_create", value: input.nextElementSibling.value, formNoValidate: true, hidden: true }); input.form.append(b); input.form.requestSubmit(b); };
  const choose = o => {
    if (!o.dataset.ref) return create();
    const several = input.closest("[data-several]"), text = `${o.dataset.ref} · ${o.dataset.title}`;
    if (!several) input.value = text; else { add(several, o.dataset.ref, text); input.value = ""; }
    input.dispatchEvent(new Event("change", { bubbles: true })); close(); input.focus();
  };
  const ask = async () => {
    const q = input.value.trim(), mine = ++asked;
    if (!q || /^[A-Z]+-\d+ · /.test(q)) return close();
    let found;
    try { found = await (await fetch(`/pick?kind=${encodeURIComponent(input.dataset.pick)}&q=${encodeURIComponent(q)}`)).json(); } catch { return close(); }
    if (mine !== asked || document.activeElement !== input) return;
    list.replaceChildren(...found.options.map((o, i) => {
      const li = el("li", { id: `${list.id}-${i}`, role: "option" }, el("bdi", { className: "rid", textContent: o.ref }), el("span", { textContent: o.title }), el("span", { className: "sm muted", textContent: o.fact }));
      li.dataset.ref = o.ref; li.dataset.title = o.title; li.setAttribute("aria-selected", "false");
      li.addEventListener("pointerdown", e => { e.preventDefault(); choose(li); });
      return li;
    }));
    if (found.create && input.nextElementSibling?.name === "_find") {
      const li = el("li", { id: `${list.id}-new`, role: "option", textContent: found.create });
      li.setAttribute("aria-selected", "false");
      li.addEventListener("pointerdown", e => { e.preventDefault(); create(); });
      list.append(li);
    }
    list.hidden = !list.children.length; at = -1; input.setAttribute("aria-expanded", String(!list.hidden));
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", e => {
    if (e.key === "ArrowDown" && list.hidden) return void ask();
    if (list.hidden) return;
    if (e.key === "ArrowDown") { e.preventDefault(); mark(at + 1); }
    else if (e.key === "ArrowUp") { e.preventDefault(); mark(at - 1); }
    else if (e.key === "Enter" && at >= 0) { e.preventDefault(); choose(options()[at]); }
    else if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); close(); }
  });
};
dress(document);

// A preview in place, where the browser can show foreign HTML safely; elsewhere the button sends the form.
if (Element.prototype.setHTML) document.addEventListener("click", async e => {
  const b = e.target.closest("[data-preview]"); if (!b) return;
  e.preventDefault();
  const field = b.closest(".field"), area = $("textarea", field);
  let box = $(".preview", field);
  if (!box) { box = el("div", { className: "panel preview prose", tabIndex: -1 }); field.append(box); }
  const r = await fetch("/preview", { method: "POST", body: new URLSearchParams({ text: area.value }) });
  if (r.ok) { box.setHTML(await r.text()); box.focus(); }
});

// Drafts: what was typed is kept in this tab until it is saved or discarded, also while it is on its way: a session may have
// ended, or the network. Where there is no room for it, guard.js asks.
const drafts = () => Object.keys(sessionStorage).filter(k => k.startsWith("draft:"));
const parse = key => { try { return JSON.parse(sessionStorage.getItem(key) ?? "null"); } catch { return null; } };
if ($("[data-toast-now]")) for (const key of drafts()) if (parse(key)?.sent) sessionStorage.removeItem(key);
for (const form of $$("form[data-draft]")) {
  const key = `draft:${form.action}:${form.dataset.draft}`, own = n => n.startsWith("_") && n !== "_reason";
  const read = () => [...new FormData(form)].filter(([n, v]) => typeof v === "string" && !own(n));
  // What the server gave back with a question is saved nowhere: it is kept as it stands.
  const fresh = "fresh" in form.dataset, first = fresh ? "" : JSON.stringify(read());
  const revision = form.elements._revision?.value ?? "";
  let gone = false, timer;
  const keep = sent => { if (gone) return; const now = JSON.stringify(read()); try { now === first ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, JSON.stringify({ revision, now, sent })); } catch { form.dataset.guard = ""; } };
  const forget = () => { gone = true; sessionStorage.removeItem(key); };
  const kept = parse(key);
  if (kept && kept.now !== first && kept.revision === revision && !fresh) {
    const values = JSON.parse(kept.now), seen = {};
    for (const f of form.elements) {
      if (!f.name || own(f.name)) continue;
      const mine = values.filter(([n]) => n === f.name).map(([, v]) => v);
      if (f.type === "radio" || f.type === "checkbox") f.checked = mine.includes(f.value);
      else if (f.type !== "file" && f.type !== "hidden") { const i = seen[f.name] = (seen[f.name] ?? -1) + 1; if (mine[i] !== undefined) f.value = mine[i]; }
    }
    // What was chosen in a picker has no box yet.
    for (const several of $$("[data-several]", form)) for (const [n, v] of values)
      if (n === several.dataset.name && !$$("input[type=checkbox]", several).some(b => b.name === n && b.value === v)) add(several, v, v);
    const say = $("[data-drafted]", form);
    if (say) { const b = el("button", { type: "button", className: "btn s quiet", textContent: form.dataset.discard }); b.addEventListener("click", () => { forget(); location.reload(); }); say.append(form.dataset.restored, " ", b); }
  }
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 400); });
  form.addEventListener("change", () => keep());
  form.addEventListener("submit", () => { clearTimeout(timer); keep(true); gone = true; });
  $("[data-forget]", form)?.addEventListener("click", forget);
  addEventListener("pagehide", () => keep());
  // Back from an answer, in a page that the browser kept.
  addEventListener("pageshow", e => { if (e.persisted) gone = false; });
}
