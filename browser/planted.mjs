// Whether the checks see what they are for: faults are planted in pages of the clinic, one of each kind, and each must be told. A
// check that stays silent here stays silent everywhere.
import { browser, clinic, visit } from "./site.mjs";
import { enlarged, everything, targets } from "./checks.mjs";

const site = await clinic(), chrome = await browser();
/** Puts something into the page as the server sends it. */
const sent = text => async page => { await page.route("**/overview", async route => { const answer = await route.fetch(); await route.fulfill({ response: answer, body: (await answer.text()).replace("</h1>", `</h1>${text}`) }); }); };
/** Does something in the page that stands there. */
const done = deed => async page => { page.on("load", () => page.evaluate(deed).catch(() => {})); };
const FAULTS = [
  ["a picture without words", /axe: image-alt/, sent('<img src="/assets/mark.svg">')],
  ["text that is hard to read", /axe: color-contrast/, done(() => { document.querySelector("h1").style.color = "#999"; document.querySelector("h1").style.fontSize = "12px"; })],
  ["an element that is not closed", /html: close-order/, sent("<div><span></div>")],
  ["an id that stands twice", /html: no-dup-id/, sent('<b id="main">x</b>')],
  ["an error in the console", /console: planted/, done(() => console.error("planted"))],
  ["a warning in the console", /console: planted/, done(() => console.warn("planted"))],
  ["a script that fails", /script: planted/, done(() => { setTimeout(() => { throw new Error("planted"); }); })],
  ["a style that the policy forbids", /CSP: style-src/, sent('<p style="color: red">x</p>')],
  ["a script that the policy forbids", /CSP: script-src/, sent("<script>alert(1)</script>")],
  ["a text that is made into a page", /CSP: require-trusted-types-for/, done(() => { try { document.querySelector("h1").innerHTML = "x"; } catch { /* refused, as it must be */ } })],
  ["a dialog of the browser", /dialog alert/, done(() => { setTimeout(() => alert("planted")); })],
  ["a page that is wider than the window", /px sideways/, done(() => { document.querySelector("h1").style.width = "3000px"; })],
  ["a request that the server fails at", /^500 from/, async page => { await page.route("**/planted", route => route.fulfill({ status: 500, body: "" })); await done(() => { fetch("/planted"); })(page); }],
  ["a request to somewhere else", /request to https:\/\/planted\.example/, async page => {
    // The policy would stop it before.
    await page.route("**/overview", async route => { const answer = await route.fetch(); const { "content-security-policy": _, ...headers } = answer.headers(); await route.fulfill({ response: answer, headers }); });
    await done(() => { fetch("https://planted.example/").catch(() => {}); })(page);
  }],
  ["a bar that lies under another", /lies under/, done(() => { for (const [name, layer] of [["under", 90], ["over", 91]]) { const bar = Object.assign(document.createElement("div"), { className: name }); bar.style.cssText = `position: fixed; inset: 40% 0 auto 0; z-index: ${layer}; background: white`; bar.append(Object.assign(document.createElement("button"), { textContent: name })); document.querySelector("main").append(bar); } })],
  ["a target that is too small beside another", /less than 24/, done(() => { for (const name of ["a", "b"]) { const button = document.createElement("button"); button.textContent = name; button.style.cssText = "inline-size: 10px; block-size: 10px; display: inline-block"; document.querySelector("h1").append(button); } }), targets],
  ["a button that is too small for a finger", /less than 44/, done(() => { document.querySelector("h1").append(Object.assign(document.createElement("button"), { textContent: "small" })); }), page => targets(page, true)],
  ["a word that does not fit when it is twice as large", /text of twice the size/, done(() => { document.querySelector("h1").style.cssText = "inline-size: 60rem; white-space: nowrap"; }), enlarged],
];
let missed = 0;
try {
  for (const [what, told, plant, ask] of FAULTS) {
    const window = await visit(chrome, site, { role: "TopManagement" });
    // Without the fault the page is without one.
    if (plant === FAULTS[0][2]) { await window.go("/overview"); const clean = await everything(window); if (clean.length) { missed += 1; console.log(`MISSED  a page without a fault has: ${clean.join("; ")}`); } }
    await plant(window.page);
    await window.go("/overview");
    await window.page.waitForTimeout(150);
    const found = ask ? await ask(window.page) : await everything(window);
    if (!found.some(one => told.test(one))) { missed += 1; console.log(`MISSED  ${what}: ${found.join("; ") || "nothing was told"}`); } else console.log(`told    ${what}`);
    await window.context.close();
  }
} finally {
  await chrome.close();
  await site.end();
}
process.exit(missed ? 1 : 0);
