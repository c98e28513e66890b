// Every page that a person can reach by links, looked at once: two sizes and 320 pixels, two themes, text of twice the size, axe,
// valid HTML, nothing in the console, targets that can be hit. Two windows look at once.
// Of addresses that differ only by a record's number or by a query, the first few are visited.
import { LOOKS, SIZES, clinic, browser, visit } from "./site.mjs";
import { accessibility, covered, enlarged, html, sideways, targets } from "./checks.mjs";

const only = process.argv[2];
const shape = path => {
  const [base, query = ""] = path.split("?");
  const names = [...new URLSearchParams(query).keys()].filter(name => name !== "from").sort().join("&");
  return base.replace(/[A-Z]+-\d+(\.\d+)*|\b[A0-9]+\.\d+(\.\d+)*\b|[0-9a-f]{32,}|\d+/g, "*") + (names ? `?${names}` : "");
};
/** A number that belongs to pages of one shape, whatever order they are found in. */
const turn = path => [...shape(path)].reduce((sum, sign) => (31 * sum + sign.codePointAt(0)) % 65_521, 7);
const PER_SHAPE = 1, MOST = Number(process.env.CRAWL_MOST ?? 280);

const site = await clinic();
const chrome = await browser();
const faults = { length: 0, push(one) { this.length += 1; console.log(one); } };
let looked = 0;
/** Two windows of the same person, each at work until there is no more. */
const at_once = (who, work) => Promise.all([1, 2].map(async () => {
  const window = await visit(chrome, site, who);
  try { while (await work(window)); } finally { await window.context.close(); }
}));
try {
  for (const role of (only ?? "IsmsManager,TopManagement,InternalAuditor,Employee").split(",")) {
    const seen = new Map(), queue = ["/"], known = new Set(queue), shapes = [], most = role === "IsmsManager" ? MOST : MOST / 4;
    let busy = 0;
    await at_once({ role }, async ({ page, faults: noise, go }) => {
      if (seen.size >= most || !queue.length && !busy) return false;
      const path = queue.shift();
      if (path === undefined) { await new Promise(done => { setTimeout(done, 20); }); return true; }
      const kind = shape(path);
      if ((seen.get(kind) ?? 0) >= PER_SHAPE) return true;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      busy += 1;
      try {
        const answer = await go(path).catch(error => { if (!/Download is starting|ERR_ABORTED/.test(error.message)) faults.push(`${role} ${path}: ${error.message}`); });
        if (!answer || !(answer.headers()["content-type"] ?? "").startsWith("text/html")) return true;
        looked += 1;
        const report = list => { for (const one of list) faults.push(`${role} ${path}: ${one}`); };
        if (answer.status() >= 400) report([`a link leads to ${answer.status()}`]);
        report(noise.splice(0));
        report(await html(await answer.text(), path));
        report(await accessibility(page));
        report(await sideways(page));
        report(await targets(page, false));
        report(await enlarged(page));
        // At 320 pixels, as at four times the size of text, everything is still read without scrolling sideways (WCAG 1.4.10).
        await page.setViewportSize({ width: 320, height: 640 });
        report((await sideways(page)).map(one => `320 px: ${one}`));
        await page.setViewportSize(SIZES.laptop);
        shapes.push(path);
        for (const href of await page.$$eval("a[href]", links => links.map(link => link.href))) {
          if (!href.startsWith(site.base)) continue;
          const next = href.slice(site.base.length).split("#")[0] || "/";
          if (!known.has(next) && !/[?&](done|undo)=|^\/assets|export|\.(pdf|xlsx|csv|ics|json)(\?|$)/.test(next)) { known.add(next); queue.push(next); }
        }
        return true;
      } finally { busy -= 1; }
    });
    // The other looks of the same pages: each takes a quarter of them, the same in every run.
    for (const look of role === "IsmsManager" || role === "Employee" ? LOOKS.filter(look => look.name !== "laptop light") : []) {
      const left = shapes.filter(path => turn(path) % 4 === LOOKS.indexOf(look));
      await at_once({ role, ...look }, async ({ page, faults: noise, go }) => {
        const path = left.shift();
        if (path === undefined) return false;
        await go(path);
        // What an employee gets on a phone is read with text of twice the size, too.
        const large = role === "Employee" && look.size === "phone" ? await enlarged(page) : [];
        for (const one of [...noise.splice(0), ...await accessibility(page), ...await sideways(page), ...await covered(page), ...await targets(page, look.size === "phone"), ...large]) faults.push(`${role} ${look.name} ${path}: ${one}`);
        looked += 1;
        return true;
      });
    }
    console.log(`${role}: ${shapes.length} pages`);
  }
} finally {
  await chrome.close();
  await site.end();
}
console.log(`${looked} looks, ${faults.length} faults`);
process.exit(faults.length || looked < 20 ? 1 : 0);
