// The statement as a grid: a value opens its control in its place. Enter saves, Esc leaves, Tab saves and goes on, arrow keys
// move between cells. What the server answers takes the row's place; without this file a value leads to the form of its row.
import { $, $$, toast } from "./shell.js";

const table = $("#soa"), tools = $("#soa-tools");
// A page of ours as a document, without going through a sink of markup.
const load = (method, url, body) => new Promise((resolve, reject) => {
  const x = new XMLHttpRequest();
  x.open(method, url); x.responseType = "document"; x.timeout = 20000;
  x.onload = () => resolve({ status: x.status, doc: x.response });
  x.onerror = x.ontimeout = () => reject(new Error(tools.dataset.failed));
  x.send(body);
});
const here = () => location.pathname + location.search;
// What a page says is wrong: at a field, else of the whole, which follows the heading.
const said = doc => ["main .note[role=alert] li", "main .err", "main h1 + p"].flatMap(where => $$(where, doc ?? document.createElement("p"))).map(e => e.textContent.trim()).find(Boolean);

/** Puts what the server says now in the place of a row and of all counts. */
const take = (doc, id) => {
  const row = document.getElementById(id), next = doc?.getElementById(id);
  if (!row || !next) return location.reload();
  for (const one of ["soahead", "soacount", ...$$("tr.grp", doc).map(e => e.id)]) {
    const old = document.getElementById(one), fresh = doc.getElementById(one);
    if (old && fresh) old.replaceWith(document.adoptNode(fresh));
  }
  row.replaceWith(document.adoptNode(next));
  dress(document.getElementById(id));
};
/** Saves one field of a row; answers what is wrong, or nothing. */
const save = async (row, field, values) => {
  const { id } = row, { row: reference, rev } = row.dataset, url = `/soa/${reference}${location.search}`;
  const body = new URLSearchParams([["revision", rev], ["only", field], ...values.map(v => [field, v])]);
  row.setAttribute("aria-busy", "true");
  try {
    const { status, doc } = await load("POST", url, body);
    if (status !== 200) return said(doc) || tools.dataset.failed;
    take(doc, id);
    toast(`${id} ${tools.dataset.saved}`, { label: tools.dataset.undo, run: async () => {
      await load("POST", `/applicability-decisions/${reference}/undo`, new URLSearchParams());
      take((await load("GET", here())).doc, id);
      $(`[data-f="${field}"]`, document.getElementById(id))?.focus();
    } });
  } catch (e) { return e.message; } finally { row.removeAttribute("aria-busy"); }
};
const cells = root => $$("a.t, [data-f]", root).filter(e => e.offsetParent);
/** Opens the control of a value. */
const open = link => {
  const row = link.closest("tr"), field = link.dataset.f, cell = link.closest("td");
  const found = $(`[name="${field}"]`, tools.content).cloneNode(true), err = document.createElement("p");
  const boxes = $$("input", found), first = boxes[0] ?? found, was = link.dataset.v;
  err.className = "err"; err.setAttribute("role", "alert"); err.hidden = true;
  if (boxes.length) for (const b of boxes) b.checked = was.split(" ").includes(b.value); else found.value = was;
  const values = () => boxes.length ? boxes.filter(b => b.checked).map(b => b.value) : [found.value];
  const box = document.createElement("div"); box.className = "cellform"; box.append(found, err);
  const shown = [...cell.childNodes]; cell.replaceChildren(box); row.classList.add("editing"); first.focus();
  let busy = false;
  const close = () => { row.classList.remove("editing"); cell.replaceChildren(...shown); };
  const leave = () => { close(); link.focus(); };
  const done = async then => {
    if (busy) return;
    if (values().join(" ") === was) { close(); return then(row); }
    busy = true;
    const wrong = await save(row, field, values());
    busy = false;
    if (!wrong) return then(document.getElementById(row.id));
    err.textContent = wrong; err.hidden = false; first.setAttribute("aria-invalid", "true"); first.focus();
  };
  const back = tr => $(`[data-f="${field}"]`, tr)?.focus();
  box.addEventListener("keydown", e => {
    e.stopPropagation();
    if (e.key === "Escape") { e.preventDefault(); leave(); }
    else if (e.key === "Enter" && !e.shiftKey) { e.preventDefault(); done(back); }
    else if (e.key === "Tab" && (!boxes.length || e.target === boxes.at(e.shiftKey ? 0 : -1))) {
      e.preventDefault();
      done(tr => { const all = cells(table), i = all.indexOf($(`[data-f="${field}"]`, tr)); (all[i + (e.shiftKey ? -1 : 1)] ?? all[i])?.focus(); });
    }
  });
  box.addEventListener("focusout", e => { if (!box.contains(e.relatedTarget) && e.relatedTarget) done(() => {}); });
};
/** Whether a control is used becomes a switch; it flips at once and back when the server says no. */
const dress = root => {
  for (const link of $$('[data-f="applicable"]', root)) {
    const box = document.createElement("input"), row = link.closest("tr");
    Object.assign(box, { type: "checkbox", className: "switch", checked: link.dataset.v === "true", indeterminate: link.dataset.v === "" });
    box.setAttribute("role", "switch"); box.setAttribute("aria-label", `${row.id} ${tools.dataset.used}`);
    box.dataset.f = "applicable";
    box.addEventListener("change", async () => {
      const wrong = await save(row, "applicable", [String(box.checked)]);
      if (wrong) { box.checked = !box.checked; toast(wrong); } else $('[data-f="applicable"]', document.getElementById(row.id))?.focus();
    });
    link.replaceWith(box);
  }
};

if (table) table.addEventListener("keydown", e => {
  const step = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[e.key];
  const cell = e.target.closest("td, th");
  if (!step || !cell || e.ctrlKey || e.metaKey || e.altKey || e.target.matches("input:not([type=checkbox]), textarea, select")) return;
  const rows = $$("tbody tr:not(.grp):not([hidden])", table), side = getComputedStyle(table).direction === "rtl" ? -step[1] : step[1];
  let r = rows.indexOf(cell.parentElement), c = cell.cellIndex;
  for (let i = 0; i < 12; i++) {
    r += step[0]; c += side;
    const next = rows[r]?.cells[c]; if (!next) return;
    const found = $$("[data-f], a.t, a, button, input", next).find(f => f.offsetParent);
    if (found) { e.preventDefault(); found.focus(); return; }
  }
});
if (table && tools) {
  dress(table);
  table.addEventListener("click", e => {
    const link = e.target.closest("a[data-f]");
    if (link && !(e.ctrlKey || e.metaKey || e.shiftKey)) { e.preventDefault(); open(link); }
  });
}
