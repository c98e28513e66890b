// The journeys of the people who use the program. Each is a file in journeys/ that exports its name and what is done; all run
// with what must hold on every page (accessibility, valid HTML, nothing in the console, no report of the policy, no sideways
// scrolling) asked at the stations they name. A journey that is for all looks is walked on phone and laptop, by day and by night;
// those of one look share a clinic, so they leave to each other what the others need.
import { readdirSync } from "node:fs";
import { LOOKS, browser, clinic, visit } from "./site.mjs";
import { everything } from "./checks.mjs";
import { fresh } from "./start.mjs";

const only = process.argv[2], at_once = Number(process.env.JOURNEYS_AT_ONCE ?? 2);
const PLAIN = LOOKS.find(look => look.name === "laptop light");
const chrome = await browser(), begun = Date.now();
let failed = 0, walked = 0;

/** One journey in one look. */
const walk = async (site, look, { name, run }) => {
  const windows = [], begun = Date.now(), told = look === PLAIN ? name : `${name}, ${look.name}`;
  const open = async options => { const window = await visit(chrome, site, { size: look.size, theme: look.theme, ...options }); windows.push(window); return window; };
  const station = async (window, where) => {
    const found = await everything(window);
    if (found.length) throw new Error(`${where}:\n  ${found.join("\n  ")}`);
  };
  try {
    await run({ site, open, station, look });
    for (const window of windows) if (window.faults.length) throw new Error(window.faults.join("\n  "));
    walked += 1;
    console.log(`ok    ${told} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${told}\n  ${error.message}`);
    const page = windows.at(-1)?.page;
    if (page) { const shot = `${process.env.TMPDIR ?? "/tmp"}/attestry-${told.replace(/\W+/g, "-")}.png`; await page.screenshot({ path: shot }).catch(() => {}); console.log(`  at ${page.url()}, picture: ${shot}`); }
  } finally {
    for (const { context } of windows) await context.close();
  }
};

// What stands on one clinic, in the order of the files: a journey with a state of its own, or all of one look.
const groups = new Map(LOOKS.map(look => [look, []])), single = [];
for (const file of readdirSync(new URL("./journeys/", import.meta.url)).filter(name => name.endsWith(".mjs")).sort()) {
  for (const journey of (await import(`./journeys/${file}`)).journeys) {
    if (journey.looks === "all") for (const look of LOOKS) { if (!only || `${file} ${journey.name}, ${look.name}`.includes(only)) groups.get(look).push(journey); }
    else if (!only || `${file} ${journey.name}`.includes(only)) single.push({ look: PLAIN, from: journey.from, journeys: [journey] });
  }
}
const jobs = [...[...groups].map(([look, journeys]) => ({ look, from: "history", journeys })), ...single].filter(job => job.journeys.length);
const work = async () => {
  for (let job = jobs.shift(); job; job = jobs.shift()) {
    const site = job.from === "empty" ? await fresh() : await clinic({ history: job.from === "history" });
    try { for (const journey of job.journeys) await walk(site, job.look, journey); } finally { await site.end(); }
  }
};
await Promise.all(Array.from({ length: at_once }, work));
await chrome.close();
console.log(`${walked} journeys in ${((Date.now() - begun) / 1000).toFixed(0)} s, ${failed} failed`);
process.exit(failed || !walked ? 1 : 0);
