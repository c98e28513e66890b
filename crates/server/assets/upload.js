// Files: drop them, and see how much has been sent. Without script the same form sends them.
import { $, $$ } from "./shell.js";
for (const form of $$("form[data-upload]")) {
  const input = $("input[type=file]", form), bar = $("progress", form), say = $("[role=status]", form);
  const send = files => {
    const body = new FormData();
    for (const f of files) body.append("file", f);
    const x = new XMLHttpRequest();
    x.open("POST", form.action);
    bar.hidden = false; bar.value = 0; say.textContent = "";
    x.upload.addEventListener("progress", e => { if (e.lengthComputable) bar.value = 100 * e.loaded / e.total; });
    const failed = () => { bar.hidden = true; say.textContent = form.dataset.failed; };
    x.addEventListener("load", () => { if (x.status < 400) location.assign(x.responseURL); else failed(); });
    x.addEventListener("error", failed);
    x.send(body);
  };
  form.addEventListener("submit", e => { if (input.files.length) { e.preventDefault(); send(input.files); } });
  for (const t of ["dragenter", "dragover"]) form.addEventListener(t, e => { if (e.dataTransfer?.types.includes("Files")) { e.preventDefault(); form.classList.add("over"); } });
  for (const t of ["dragleave", "drop"]) form.addEventListener(t, () => form.classList.remove("over"));
  form.addEventListener("drop", e => { if (e.dataTransfer?.files.length) { e.preventDefault(); send(e.dataTransfer.files); } });
}
