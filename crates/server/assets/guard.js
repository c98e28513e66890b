// Leaving with something typed that nothing keeps: the browser asks before it goes. A form with a draft goes without a question,
// unless its draft could not be kept.
import { $, $$ } from "./shell.js";

const changed = f => {
  if (!f.name || f.type === "hidden" || f.matches(":disabled")) return false;
  if (f.type === "file") return f.files.length > 0;
  if (f.type === "checkbox" || f.type === "radio") return f.checked !== f.defaultChecked;
  if (f.options) return f.value !== ([...f.options].findLast(o => o.defaultSelected) ?? f.options[0])?.value;
  return f.value !== f.defaultValue;
};
// What the server gave back because something is wrong with it has been saved nowhere either.
const unsaved = form => $$("input, select, textarea", form).some(changed) || Boolean($(".err:not([hidden])", form));

let leaving;
addEventListener("submit", e => { if (!e.defaultPrevented) leaving = e.target; });
document.addEventListener("click", e => { leaving = e.target.closest("[data-forget]")?.closest("form") ?? leaving; });
for (const name of ["input", "pageshow"]) addEventListener(name, () => { leaving = undefined; });
addEventListener("beforeunload", e => { if ($$("form[data-guard]").some(form => form !== leaving && unsaved(form))) e.preventDefault(); });
