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
  // What is on its way to where it will stand is neither as dark nor as far from the rest as it will be.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter(one => one.playState === "running" && one.effect?.getComputedTiming().endTime !== Infinity).map(one => one.finished)));
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

/**
 * Targets that are too small to hit. Everywhere 24 pixels, or nothing else within a circle of 24 pixels around the middle; links in a
 * line of text are as high as the line (WCAG 2.5.8). On a phone the controls that a page is worked with, buttons, fields and the bar
 * below, have 44.
 */
export const targets = (page, touch) => page.evaluate(touch => {
  const shown = e => { const r = e.getBoundingClientRect(); return r.width > 1 && r.height > 1 && e.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && !e.closest(".vh, .skip, [inert]") && !(e.closest("thead")?.getBoundingClientRect().width <= 1); };
  const box = e => {
    const label = e.matches("input[type=checkbox], input[type=radio]") && (e.closest("label") ?? e.labels?.[0]);
    return (label && shown(label) ? label : e).getBoundingClientRect();
  };
  const within_text = e => {
    if (e.tagName !== "A" || getComputedStyle(e).display !== "inline") return false;
    const block = e.parentElement.closest("p, li, td, th, dd, dt, h1, h2, h3, div, span.d, span.m, summary, label, ol, figcaption");
    return [...block?.childNodes ?? []].some(node => node !== e && !node.contains?.(e) && node.textContent.trim());
  };
  const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=option]")].filter(shown).map(e => ({ e, r: box(e) }));
  const small = ({ r }) => r.width < 23.5 || r.height < 23.5;
  const distance = (x, y, r) => Math.hypot(Math.max(r.left - x, 0, x - r.right), Math.max(r.top - y, 0, y - r.bottom));
  const crowded = one => {
    const x = one.r.left + one.r.width / 2, y = one.r.top + one.r.height / 2;
    return all.some(other => other.e !== one.e && !other.e.contains(one.e) && !one.e.contains(other.e) && (small(other)
      ? Math.hypot(other.r.left + other.r.width / 2 - x, other.r.top + other.r.height / 2 - y) < 23.5 : distance(x, y, other.r) < 11.5));
  };
  const worked_with = e => e.matches("button, .btn, select, textarea, input, .bottom a, .nav a, [role=option], .mi");
  const tell = ({ e, r }, least) => `target ${Math.round(r.width)}×${Math.round(r.height)}, less than ${least}: ${e.outerHTML.slice(0, 140)}`;
  return [
    ...all.filter(one => small(one) && !within_text(one.e) && crowded(one)).map(one => tell(one, 24)),
    ...touch ? all.filter(one => worked_with(one.e) && !within_text(one.e) && (one.r.height < 43.5 || one.r.width < 43.5)).map(one => tell(one, 44)) : [],
  ];
}, touch);

/** Controls that stay on the window and lie under something else that does. */
export const covered = page => page.evaluate(() => {
  const stays = e => { for (let one = e; one && one !== document.body; one = one.parentElement) if (["sticky", "fixed"].includes(getComputedStyle(one).position)) return one; return null; };
  return [...document.querySelectorAll("button, a[href], input, select, textarea")].flatMap(e => {
    const r = e.getBoundingClientRect(), own = r.width > 2 && r.top >= 0 && r.bottom <= innerHeight && r.left >= 0 && r.right <= innerWidth && stays(e);
    if (!own || e.closest("th, .nav")) return [];
    // What is scrolled away within its own bar is not to be seen there.
    const x = r.left + r.width / 2, y = r.top + r.height / 2, frame = own.getBoundingClientRect();
    if (x < frame.left || x > frame.right || y < frame.top || y > frame.bottom) return [];
    const top = document.elementFromPoint(x, y), other = top && stays(top);
    return !other || other === own || own.contains(other) || other.contains(own) || other.matches("[popover], dialog, .toasts") ? [] : [`lies under ${other.className || other.tagName}: ${e.outerHTML.slice(0, 120)}`];
  });
});

/** Whether the page scrolls sideways with text of twice the size (WCAG 1.4.4); the size is put back afterwards. */
export const enlarged = async page => {
  await page.evaluate(() => { document.documentElement.style.fontSize = `${2 * parseFloat(getComputedStyle(document.documentElement).fontSize)}px`; });
  const found = await sideways(page);
  await page.evaluate(() => { document.documentElement.style.fontSize = ""; });
  return found.map(one => `text of twice the size: ${one}`);
};

/** What must hold in a window as it stands: what it has told, accessibility, no sideways scrolling, and the HTML that was sent. */
export const everything = async window => {
  const noise = window.faults.splice(0), source = await window.sent();
  return [...noise, ...await accessibility(window.page), ...await sideways(window.page), ...await covered(window.page), ...source === null ? [] : await html(source, new URL(window.page.url()).pathname)];
};
