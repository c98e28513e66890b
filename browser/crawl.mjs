// Every page that a person can reach by links, looked at once: two sizes and 320 pixels, two themes, axe, valid HTML, nothing in
// the console.
// Of addresses that differ only by a record's number or by a query, the first few are visited.
import { SIZES, clinic, browser, visit } from "./site.mjs";
import { accessibility, html, sideways } from "./checks.mjs";

const only = process.argv[2];
const shape = path => {
  const [base, query = ""] = path.split("?");
  const names = [...new URLSearchParams(query).keys()].filter(name => name !== "from").sort().join("&");
  return base.replace(/[A-Z]+-\d+(\.\d+)*|\b[A0-9]+\.\d+(\.\d+)*\b|[0-9a-f]{32,}|\d+/g, "*") + (names ? `?${names}` : "");
};
const PER_SHAPE = 1, MOST = Number(process.env.CRAWL_MOST ?? 280);

const site = await clinic();
const chrome = await browser();
const faults = { length: 0, push(one) { this.length += 1; console.log(one); } };
let looked = 0;
try {
  for (const role of (only ?? "IsmsManager,TopManagement,InternalAuditor,Employee").split(",")) {
    const { page, context, faults: noise, go } = await visit(chrome, site, { role });
    const seen = new Map(), queue = ["/"], known = new Set(queue), shapes = [];
    while (queue.length && seen.size < (role === "IsmsManager" ? MOST : MOST / 4)) {
      const path = queue.shift(), kind = shape(path);
      if ((seen.get(kind) ?? 0) >= PER_SHAPE) continue;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      const answer = await go(path).catch(error => { if (!/Download is starting|ERR_ABORTED/.test(error.message)) faults.push(`${role} ${path}: ${error.message}`); });
      if (!answer || !(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
      looked += 1;
      const report = list => { for (const one of list) faults.push(`${role} ${path}: ${one}`); };
      if (answer.status() >= 400) report([`a link leads to ${answer.status()}`]);
      report(noise.splice(0).map(one => one));
      report(await html(await answer.text(), path));
      report(await accessibility(page));
      report(await sideways(page));
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
    }
    await context.close();
    // The other looks of the same pages.
    for (const [size, theme] of role === "IsmsManager" || role === "Employee" ? [["phone", "light"], ["phone", "dark"], ["laptop", "dark"]] : []) {
      const { page, context, faults: noise, go } = await visit(chrome, site, { role, size, theme });
      for (const path of shapes) {
        if ((shapes.indexOf(path) + (size + theme).length) % 4) continue;
        await go(path);
        for (const one of [...noise.splice(0), ...await accessibility(page), ...await sideways(page)]) faults.push(`${role} ${size} ${theme} ${path}: ${one}`);
        looked += 1;
      }
      await context.close();
    }
    console.log(`${role}: ${shapes.length} pages`);
  }
} finally {
  await chrome.close();
  await site.end();
}
console.log(`${looked} looks, ${faults.length} faults`);
process.exit(faults.length || looked < 20 ? 1 : 0);
