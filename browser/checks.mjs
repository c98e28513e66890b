// What holds on every page: accessibility (axe), valid HTML, no sideways scrolling, nothing in the console.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { HtmlValidate } from "html-validate";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard"],
  rules: {
    // Style, not validity: how void elements and attributes are written.
    "void-style": "off", "attribute-boolean-style": "off", "attribute-empty-style": "off", "no-trailing-whitespace": "off", "long-title": "off", "doctype-style": "off", "element-case": "off",
    // The state of a filter or an expanded list is told by roles that this rule does not know.
    "prefer-native-element": "off", "no-redundant-role": "off", "no-inline-style": "error",
    "no-implicit-button-type": "off", "no-implicit-input-type": "off", "tel-non-breaking": "off",
    // Values are escaped by hand where a page is written fast; entities are checked by the parser.
    "no-raw-characters": "off", "unrecognized-char-ref": "error",
  },
});

/** Faults of the HTML as the server sent it. */
export const html = async (source, where) => {
  const report = await validator.validateString(source, where);
  return report.results.flatMap(result => result.messages.filter(message => message.severity === 2).map(message => `html: ${message.ruleId} ${message.message} (line ${message.line}: ${source.split("\n")[message.line - 1]?.trim().slice(Math.max(0, message.column - 60), message.column + 100)})`));
};

/** Faults that axe finds in the page as it stands. */
export const accessibility = async page => {
  // Trusted Types forbid a script element made from text; the browser's own evaluation is outside them.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
    const { violations } = await globalThis.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
    return violations.map(one => `axe: ${one.id} ${one.help}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | ")}`);
  });
  return found;
};

/** Whether the page scrolls sideways. */
export const sideways = page => page.evaluate(() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 1) return [];
  const widest = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(e).position !== "fixed" && !e.closest(".tw, .local, .views, [popover]")).slice(0, 2);
  return [`scrolls ${wide} px sideways: ${widest.map(e => e.outerHTML.slice(0, 120)).join(" | ")}`];
});
