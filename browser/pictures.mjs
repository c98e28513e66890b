// The pictures of the user guide, taken from the running clinic into docs/pictures/.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { browser, clinic, visit } from "./site.mjs";

const folder = process.env.PICTURES ?? fileURLToPath(new URL("../docs/pictures/", import.meta.url));
mkdirSync(folder, { recursive: true });
const PICTURES = [
  ["readiness", "IsmsManager", "/readiness"], ["work", "IsmsManager", "/work"], ["steps", "IsmsManager", "/steps"],
  ["risks", "IsmsManager", "/risks?sort=-current_value"], ["risk", "IsmsManager", "/risks/R-0001"], ["edit", "IsmsManager", "/risks/R-0001/edit"],
  ["history", "IsmsManager", "/risks/R-0001/history"], ["matrix", "IsmsManager", "/risks/matrix"], ["loss", "IsmsManager", "/risks/loss"],
  ["soa", "IsmsManager", "/soa"], ["findings", "IsmsManager", "/findings"], ["clause", "IsmsManager", "/clauses/6.1.3"],
  ["overview", "TopManagement", "/overview"], ["reports", "IsmsManager", "/reports"], ["everything", "IsmsManager", "/everything"],
  ["past", "IsmsManager", "/risks/R-0001?asof=1000"], ["portal", "Employee", "/portal"], ["report", "Employee", "/portal/report"],
];
const site = await clinic(), chrome = await browser();
for (const [size, theme] of [["laptop", "light"], ["phone", "dark"]]) {
  for (const [name, role, path] of PICTURES) {
    const { page, context, go } = await visit(chrome, site, { role, size, theme });
    await go(path);
    await page.screenshot({ path: `${folder}/${name}-${size}-${theme}.png` });
    await context.close();
  }
}
await chrome.close();
await site.end();
console.log(`${PICTURES.length * 2} pictures in ${folder}`);
