// Shortcuts. Single keys are off inside fields, in dialogs, and when the person has switched them off.
import { $, $$, ask_date } from "./shell.js";
import { toggle } from "./palette.js";
const go = { h: "/", s: "/steps", r: "/risks", m: "/risks/matrix", c: "/soa", d: "/documents", v: "/management-reviews", a: "/everything", p: "/treatment-plan-actions" };
let g = false;
const follow = s => { const a = $(s); if (a) a.click(); return a; };
document.addEventListener("keydown", e => {
  if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && e.key.toLowerCase() === "k" && $("#palette")) { e.preventDefault(); toggle(); return; }
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || document.body.hasAttribute("data-no-keys")) return;
  if (e.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open], [popover]:popover-open")) return;
  const asof = new URLSearchParams(location.search).get("asof");
  if (g) { g = false; if (go[e.key]) { e.preventDefault(); location.href = go[e.key] + (asof ? `?asof=${encodeURIComponent(asof)}` : ""); return; } }
  const rows = () => $$("tbody th a.t, .rows a.t"), here = () => document.activeElement.closest("tr, li");
  switch (e.key) {
    case "g": g = true; setTimeout(() => { g = false; }, 1200); break;
    case "/": { const f = $("[data-find]"); if (f) { e.preventDefault(); f.focus(); f.select(); } break; }
    case "?": location.href = "/help/keys"; break;
    case "t": e.preventDefault(); ask_date(); break;
    case "n": follow("[data-new]"); break;
    case "e": follow("[data-edit]"); break;
    case "x": here()?.querySelector("input[type=checkbox]")?.click(); break;
    case "j": case "k": {
      const all = rows(), i = all.findIndex(a => a.closest("tr, li") === here());
      all[Math.max(0, Math.min(all.length - 1, i + (e.key === "j" ? 1 : i < 0 ? 1 : -1)))]?.focus(); break;
    }
  }
});
