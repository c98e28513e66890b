// The journeys of the people who use the program. Each is a file in journeys/ that exports its name and what is done; all run
// with what must hold on every page (no console error, no policy report, axe) asked at the stations they name.
import { readdirSync } from "node:fs";
import { browser, clinic, visit } from "./site.mjs";
import { accessibility, sideways } from "./checks.mjs";
import { fresh } from "./start.mjs";

const only = process.argv[2];
const chrome = await browser();
let failed = 0;
for (const file of readdirSync(new URL("./journeys/", import.meta.url)).filter(name => name.endsWith(".mjs")).sort()) {
  const { journeys } = await import(`./journeys/${file}`);
  for (const { name, from = "clinic", run } of journeys) {
    if (only && !`${file} ${name}`.includes(only)) continue;
    const site = from === "clinic" ? await clinic() : await fresh();
    const windows = [];
    const open = async options => { const window = await visit(chrome, site, options); windows.push(window); return window; };
    /** What must hold here. */
    const station = async (window, where) => {
      const found = [...window.faults.splice(0), ...await accessibility(window.page), ...await sideways(window.page)];
      if (found.length) throw new Error(`${where}:\n  ${found.join("\n  ")}`);
    };
    const begun = Date.now();
    try {
      await run({ site, open, station });
      for (const window of windows) if (window.faults.length) throw new Error(window.faults.join("\n  "));
      console.log(`ok    ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}\n  ${error.message}`);
      const page = windows.at(-1)?.page;
      if (page) { const shot = `${process.env.TMPDIR ?? "/tmp"}/attestry-${name.replace(/\W+/g, "-")}.png`; await page.screenshot({ path: shot }).catch(() => {}); console.log(`  at ${page.url()}, picture: ${shot}`); }
    } finally {
      for (const { context } of windows) await context.close();
      await site.end();
    }
  }
}
await chrome.close();
process.exit(failed ? 1 : 0);
