// The demonstration clinic, served for the tests, and browsers that visit it as its people.
import { spawn } from "node:child_process";
import { chromium } from "playwright-core";

export const SIZES = { laptop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

/** The four looks in which the people of the program are seen. */
export const LOOKS = ["phone light", "phone dark", "laptop light", "laptop dark"].map(name => { const [size, theme] = name.split(" "); return { name, size, theme }; });

/** Starts the clinic at a free port; answers its address, for each role the cookie and the token of a signed-in person, and an end. */
export const clinic = async ({ history = false } = {}) => {
  const program = process.env.ATTESTRY_CLINIC;
  if (!program) throw new Error("ATTESTRY_CLINIC names the program that serves the clinic; scripts/browser sets it");
  const child = spawn(program, history ? ["0", "history"] : ["0"], { stdio: ["ignore", "pipe", "pipe"] });
  const cookies = {};
  let noise = "";
  child.stderr.on("data", data => { noise += data; });
  const base = await new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error(`the clinic did not start: ${text}${noise}`)), 60_000);
    child.on("exit", code => { clearTimeout(timer); reject(new Error(`the clinic ended with ${code}: ${noise}`)); });
    child.stdout.on("data", data => {
      text += data;
      for (const line of text.split("\n")) {
        const cookie = line.match(/^(\w+) (PER-\d+) (\w[\w-]*)=(\S+)(?: token=(\S+))?/);
        if (cookie) cookies[cookie[1]] = { person: cookie[2], name: cookie[3], value: cookie[4], token: cookie[5] };
        const address = line.match(/^(http:\/\/127\.0\.0\.1:\d+)$/);
        if (address) { clearTimeout(timer); resolve(address[1]); }
      }
    });
  });
  return { base, cookies, end: () => new Promise(done => { child.removeAllListeners("exit"); child.on("exit", done); child.kill("SIGTERM"); }) };
};

/** A headless browser. */
export const browser = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** A window of one person; everything that a page must not do is collected in `faults`. */
export const visit = async (browser, site, { role, size = "laptop", theme = "light", script = true, locale = "en-GB" } = {}) => {
  const context = await browser.newContext({ viewport: SIZES[size], colorScheme: theme, hasTouch: size === "phone", isMobile: size === "phone", javaScriptEnabled: script, locale });
  if (role) {
    const { name, value } = site.cookies[role] ?? (() => { throw new Error(`the clinic has nobody with the role ${role}`); })();
    await context.addCookies([{ name, value, url: site.base }]);
  }
  const page = await context.newPage();
  const faults = [];
  page.on("console", message => { if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`); });
  page.on("pageerror", error => faults.push(`script: ${error.message}`));
  page.on("dialog", dialog => { faults.push(`dialog ${dialog.type()}: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", request => { if (!request.url().startsWith(site.base) && !/^(data|blob|about):/.test(request.url())) faults.push(`request to ${request.url()}`); });
  // The page as the server sent it: of the last answer that this window shows.
  let sent = Promise.resolve(null);
  page.on("response", response => {
    if (response.status() >= 500) faults.push(`${response.status()} from ${response.url()}`);
    const request = response.request(), moved = response.status() >= 300 && response.status() < 400;
    if (request.isNavigationRequest() && request.frame() === page.mainFrame() && !moved && /^text\/html/.test(response.headers()["content-type"] ?? "")) sent = response.text().catch(() => null);
  });
  if (script) await page.addInitScript(() => addEventListener("securitypolicyviolation", e => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`)));
  return { page, context, faults, size, sent: () => sent, go: path => page.goto(site.base + path, { waitUntil: "load" }) };
};

/** Does something as a program does it, with the token of somebody in this role: how a journey finds what it needs. */
export const ask = async (site, role, method, path, body) => {
  const headers = { authorization: `Bearer ${site.cookies[role].token}`, "content-type": "application/json", "if-match": "*", "idempotency-key": crypto.randomUUID() };
  const answer = await fetch(`${site.base}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  const said = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(said).slice(0, 400)}`);
  return said;
};
