// Lists: selection with ranges, the bulk bar, and filtering of rows that are all at hand.
import { $, $$ } from "./shell.js";
const bulk = $("#bulk");
if (bulk) {
  const boxes = $$("[data-list] tbody input[name=ref]"), all = $("[data-all]"), clear = $("[data-clear]", bulk), every = $("[name=all]", bulk);
  let last = -1;
  clear.hidden = false;
  const sync = () => {
    const n = boxes.filter(b => b.checked).length;
    for (const b of boxes) b.closest("tr").toggleAttribute("aria-selected", b.checked), b.checked && b.closest("tr").setAttribute("aria-selected", "true");
    bulk.hidden = !n && !every?.checked; $("[data-n]", bulk).textContent = n;
    all.checked = n === boxes.length; all.indeterminate = n > 0 && n < boxes.length;
    if (every && n < boxes.length) every.checked = false;
  };
  boxes.forEach((b, i) => b.addEventListener("click", e => {
    if (e.shiftKey && last >= 0) for (let k = Math.min(i, last); k <= Math.max(i, last); k++) boxes[k].checked = b.checked;
    last = i; sync();
  }));
  all.addEventListener("change", () => { for (const b of boxes) b.checked = all.checked; sync(); });
  clear.addEventListener("click", () => { for (const b of boxes) b.checked = false; if (every) every.checked = false; sync(); });
  addEventListener("pageshow", sync); sync();
}
for (const f of $$("[data-rowfilter]")) {
  const live = document.createElement("span"); live.className = "vh"; live.setAttribute("role", "status"); f.after(live);
  f.addEventListener("input", () => {
    const q = f.value.trim().toLowerCase(); let n = 0;
    for (const r of $$(f.dataset.rowfilter)) { r.hidden = q !== "" && !r.textContent.toLowerCase().includes(q); n += !r.hidden; }
    for (const s of $$(".az section")) s.hidden = !$("li:not([hidden])", s);
    live.textContent = n;
  });
}
