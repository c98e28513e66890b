// The pages from right to left, in a language that is made of the English one: every text comes from the message files, takes a
// third more room, and nothing scrolls sideways or is out of reach. What shows plain English here is written into a page.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { browser, clinic, visit } from "./site.mjs";
import { accessibility, sideways } from "./checks.mjs";

const marks = { a: "á", e: "é", i: "í", o: "ó", u: "ú", A: "Á", E: "É", I: "Í", O: "Ó", U: "Ú" };
/** A text whose vowels carry a mark and whose words are longer; what stands in braces stays. */
const foreign = text => {
  let depth = 0, out = "";
  for (const sign of text) {
    if (sign === "{") depth += 1;
    out += depth ? sign : (marks[sign] ? marks[sign] + (/[aeou]/.test(sign) ? sign : "") : sign);
    if (sign === "}") depth -= 1;
  }
  return out;
};
const folder = mkdtempSync(join(tmpdir(), "attestry-messages-")), english = new URL("../crates/server/messages/en/", import.meta.url);
mkdirSync(join(folder, "ar"));
for (const name of readdirSync(english)) {
  const lines = readFileSync(new URL(name, english), "utf8").split("\n").map(line => {
    const parts = line.match(/^([a-z][\w-]* = )(.*)$/i) ?? line.match(/^(\s+\*?\[\w+\] )(.*)$/) ?? (/^\s+[^\s}*[.]/.test(line) ? line.match(/^(\s+)(.*)$/) : null);
    return parts && !/->\s*$/.test(parts[2]) ? parts[1] + foreign(parts[2]) : line;
  });
  writeFileSync(join(folder, "ar", name), lines.join("\n"));
}
// English names of kinds stand in their declarations, and a language has them as messages.
const declared = new URL("../crates/model/src/records/", import.meta.url), names = [];
for (const file of readdirSync(declared).filter(name => name.endsWith(".rs"))) {
  const words = readFileSync(new URL(file, declared), "utf8").match(/#\[record\([^\]]*?title = "([^"]+)",\s*plural = "([^"]+)"[^\]]*\]\s*pub struct (\w+)/);
  if (!words) continue;
  const kind = words[3].replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase();
  names.push(`kind-${kind} = ${foreign(words[1])}`, `kinds-${kind} = ${foreign(words[2])}`);
}
writeFileSync(join(folder, "ar", "kinds.ftl"), names.join("\n") + "\n");
process.env.ATTESTRY_MESSAGES = folder;
const site = await clinic(), chrome = await browser();
let faults = 0, looked = 0;
try {
  for (const [role, paths] of [
    ["IsmsManager", ["/", "/work", "/calendar", "/activity", "/steps", "/steps/5", "/clauses", "/clauses/6.1.3", "/findings", "/risks", "/risks/R-0001", "/risks/R-0001/edit", "/risks/R-0001/rate", "/risks/R-0001/money", "/risks/R-0001/history", "/risks/matrix", "/risks/loss", "/risks/plan", "/soa", "/assets", "/assets/dependencies", "/controls/operation", "/documents", "/people", "/security-incidents", "/reports", "/settings", "/settings/people", "/account", "/search?q=backup", "/everything", "/help/keys", "/ready/stage-2", "/setup", "/setup/import"]],
    ["Employee", ["/portal", "/portal/report", "/portal/read", "/account"]],
    ["TopManagement", ["/overview"]],
  ]) {
    for (const size of ["laptop", "phone"]) {
      const { page, context, faults: noise, go } = await visit(chrome, site, { role, size, locale: "ar" });
      for (const path of paths) {
        await go(path);
        looked += 1;
        const found = [...noise.splice(0), ...await accessibility(page), ...await sideways(page)];
        if (await page.evaluate(() => getComputedStyle(document.documentElement).direction) !== "rtl") found.push("is not from right to left");
        const heading = await page.locator("h1").first().textContent();
        if (/^[a-z ]{12,}$/i.test(heading) && !/R-0001|Cedar/.test(heading) && !/\/R-\d|search/.test(path)) found.push(`a heading in plain English: ${heading}`);
        // What begins to the left of the window is out of reach: nothing scrolls there.
        found.push(...await page.evaluate(() => [...document.querySelectorAll("main :is(h1, h2, p, a, button, input, td)")]
          .filter(e => e.getBoundingClientRect().width > 1 && e.getBoundingClientRect().right < 0 && !e.closest("[popover], .tw, .local, .views, .vh"))
          .slice(0, 2).map(e => `out of reach: ${e.outerHTML.slice(0, 100)}`)));
        for (const one of found) { faults += 1; console.log(`${role} ${size} ${path}: ${one}`); }
      }
      await context.close();
    }
  }
} finally {
  await chrome.close();
  await site.end();
  rmSync(folder, { recursive: true });
}
console.log(`from right to left: ${looked} looks, ${faults} faults`);
process.exit(faults || looked < 60 ? 1 : 0);
