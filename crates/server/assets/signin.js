// Passkeys: the browser's own dialog between a question of ours and its answer.
import { $, $$ } from "./shell.js";

const bytes = text => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), c => c.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const send = (url, body) => fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: body && JSON.stringify(body) });

const PROOF = ["authenticatorData", "clientDataJSON", "signature", "userHandle"];
const options = async answer => {
  const { id, options: { publicKey } } = await answer.json();
  publicKey.challenge = bytes(publicKey.challenge);
  for (const list of ["allowCredentials", "excludeCredentials"])
    for (const one of publicKey[list] ?? []) one.id = bytes(one.id);
  if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
  return { id, publicKey };
};
const asked = async url => {
  const answer = await send(`${url}/start`);
  if (!answer.ok) throw answer;
  return options(answer);
};
const told = (credential, names) => ({
  id: credential.id, rawId: text(credential.rawId), type: credential.type, extensions: credential.getClientExtensionResults(),
  response: Object.fromEntries(names.filter(n => credential.response[n]).map(n => [n, text(credential.response[n])])),
});
const finish = async (url, body) => {
  const answer = await send(`${url}/finish`, body);
  if (!answer.ok) throw answer;
  return (await answer.json()).to;
};
const wire = (box, act) => {
  const button = $("button", box), err = $(".err", box);
  box.hidden = false;
  button.addEventListener("click", async () => {
    err.hidden = true; button.disabled = true;
    try { await act(); } catch (e) {
      if (e.status === 403 && box.dataset.stepUp) return location.assign(box.dataset.stepUp);
      err.textContent = box.dataset.failed; err.hidden = false;
    } finally { button.disabled = false; }
  });
};

if (window.PublicKeyCredential) {
  for (const box of $$("[data-passkey]")) wire(box, async () => {
    const { id, publicKey } = await asked(box.dataset.passkey);
    const credential = await navigator.credentials.get({ publicKey });
    const to = await finish(box.dataset.passkey, { id, next: box.dataset.next, credential: told(credential, PROOF) });
    // What was typed before the session ended is sent; who must first choose an organisation does so in another tab.
    const form = document.getElementById(box.dataset.then), tab = $("#again-tab");
    if (!form) location.assign(to); else if (to === box.dataset.next) form.requestSubmit(); else { tab.href = to; tab.focus(); }
  });
  for (const box of $$("[data-passkey-new]")) wire(box, async () => {
    const { id, publicKey } = await asked("/account/passkeys");
    const credential = await navigator.credentials.create({ publicKey });
    location.assign(await finish("/account/passkeys", { id, name: $("input", box).value, credential: told(credential, ["attestationObject", "clientDataJSON"]) }));
  });
}
// Signing: the passkey signs what the form would approve, and the form takes its answer along.
if (window.PublicKeyCredential) for (const box of $$("[data-sign]")) {
  const { form } = $("input", box), plain = $$("button.primary", form).find(b => !box.contains(b));
  plain?.classList.remove("primary");
  wire(box, async () => {
    if (!form.reportValidity()) return;
    const answer = await fetch(box.dataset.sign, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    // What is wrong is told by the page itself.
    if ([409, 412, 422].includes(answer.status)) return form.requestSubmit(plain);
    if (!answer.ok) throw answer;
    const { id, publicKey } = await options(answer);
    const credential = await navigator.credentials.get({ publicKey });
    $("input", box).value = JSON.stringify({ id, credential: told(credential, PROOF) });
    form.requestSubmit();
  });
}
$(".once")?.focus();
