// Pages of records: focus goes to what a page has to say first, and a value is changed where it stands. Enter saves, Esc leaves,
// Tab saves and goes on to the next. What is more than one field leads to the form, as it does without this file.
import { $, $$, toasted } from "./shell.js";
import { dress } from "./forms.js";
$("[data-focus]")?.focus();

const load = (method, url, body) => new Promise((resolve, reject) => {
  const x = new XMLHttpRequest();
  x.open(method, url); x.responseType = "document"; x.timeout = 20000;
  x.onload = () => resolve({ status: x.status, doc: x.response, url: x.responseURL });
  x.onerror = x.ontimeout = reject;
  x.send(body);
});
const pens = () => $$("article a.pen");
/** Puts what the server says now in the place of everything that is only read. */
const take = doc => {
  const own = "article section[aria-labelledby], .pagehead > div:first-child", name = s => s.getAttribute("aria-labelledby");
  const fresh = $$(own, doc), still = s => $("form", s);
  for (const was of $$(own)) {
    const now = fresh.find(s => name(s) === name(was));
    if (still(was) && !was.classList.contains("inplace")) continue;
    now ? was.replaceWith(document.adoptNode(now)) : was.remove();
  }
  if (fresh.some(s => name(s) && !$(`article section[aria-labelledby="${name(s)}"]`))) location.reload();
  toasted($("[data-toast-now]", doc));
};
const open = async pen => {
  const table = pen.closest("td")?.closest("section");
  let cell = pen.closest("dd") ?? pen.closest("dt")?.nextElementSibling ?? pen.closest("section");
  const href = pen.href, at = pens().indexOf(pen);
  let got; try { got = await load("GET", href); } catch { got = {}; }
  const form = got.doc && $("form.recform", got.doc);
  if (got.status !== 200 || !form) return location.assign(href);
  // A cell of a table is too narrow: its form stands below.
  if (table) { cell = document.createElement("div"); table.append(cell); }
  const shown = [...cell.childNodes], place = cell.closest("section");
  const close = () => { cell.replaceChildren(...shown); place.classList.remove("inplace"); pens()[at]?.focus(); };
  const put = form => {
    const keep = ["_revision", "_kind"], f = document.adoptNode(form), bar = $(".savebar", f);
    for (const e of [...f.children]) if (!e.matches(".fields, .savebar") && !keep.includes(e.name)) e.remove();
    for (const e of $$("[name=_effect]", bar)) e.remove();
    f.removeAttribute("data-draft"); f.dataset.guard = "";
    const cancel = $("[data-forget]", bar); cancel.addEventListener("click", e => { e.preventDefault(); close(); });
    cell.replaceChildren(f); place.classList.add("inplace"); dress(f);
    const inputs = $$(".fields input:not([type=hidden]), .fields select, .fields textarea", f), first = inputs.find(i => i.checked) ?? inputs[0];
    first?.focus(); first?.select?.();
    let busy;
    const save = async step => {
      if (busy) return; busy = true; f.setAttribute("aria-busy", "true");
      const body = new URLSearchParams(new FormData(f));
      let r; try { r = await load("POST", f.action, body); } catch { r = {}; }
      busy = false; f.removeAttribute("aria-busy");
      const wrong = r.status === 422 && r.doc && $("form.recform", r.doc);
      if (wrong) return put(wrong);
      // What takes more than a look, such as somebody else's change or the end of a session, has a page of its own.
      if (r.status !== 200 || !$("article", r.doc)) return f.submit();
      place.classList.add("inplace"); take(r.doc); pens()[at + step]?.focus();
    };
    f.addEventListener("submit", e => { if (!e.submitter || e.submitter.name === "_save") { e.preventDefault(); save(0); } });
    f.addEventListener("keydown", e => {
      e.stopPropagation();
      if (e.key === "Escape") { e.preventDefault(); close(); }
      else if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); save(0); }
      else if (e.key === "Tab" && !e.shiftKey && (e.target === inputs.at(-1) || e.target.type === "radio") && !e.target.matches("textarea")) { e.preventDefault(); save(1); }
    });
  };
  put(form);
};
document.addEventListener("click", e => {
  const pen = e.target.closest?.("article a.pen");
  if (!pen || e.ctrlKey || e.metaKey || e.shiftKey || e.button || $(".inplace")) return;
  e.preventDefault(); open(pen);
});
