// A person without a mouse: every control is reached by Tab or a shortcut, and at each stop the focus is seen.
import { must } from "./person.mjs";

/** What has the focus; with what is wrong with how it is seen: an outline of two pixels, and nothing that lies over it. */
const focus = page => page.evaluate(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = one => getComputedStyle(one), seen = one => one && (style(one).outlineStyle !== "none" && parseFloat(style(one).outlineWidth) >= 1.9 || style(one).boxShadow !== "none" && one.matches(".pal input"));
  // A choice that is drawn by its label is seen by its label.
  const drawn = e.matches("input[type=radio], input[type=checkbox]") ? [e, e.closest("label"), e.labels?.[0]] : [e, ...e.namespaceURI.endsWith("svg") ? e.querySelectorAll("*") : [], e.closest("svg a")];
  const [box] = e.getClientRects(), whole = e.getBoundingClientRect();
  const faults = [];
  const skips = e.matches("main");
  if (!skips && !drawn.some(seen) && !(e.namespaceURI.endsWith("svg") && [...e.querySelectorAll("*")].some(one => parseFloat(style(one).strokeWidth) >= 2))) faults.push("its focus is not seen");
  if (!skips && box && whole.width > 2) {
    const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 2), y = Math.min(Math.max(box.top + Math.min(box.height, 60) / 2, 1), innerHeight - 2);
    const top = document.elementFromPoint(x, y), label = e.closest("label") ?? e.labels?.[0];
    if (!top || !(e.contains(top) || label?.contains(top) || top.contains(e) && !top.matches("body, html"))) faults.push(`${top?.outerHTML.slice(0, 80)} lies over it`);
    else if (box.bottom < 0 || box.top > innerHeight) faults.push("it is outside the window");
  }
  const text = (e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent ?? "").replace(/\s+/g, " ").trim();
  return { text, tag: e.tagName.toLowerCase(), name: e.getAttribute("name"), value: e.getAttribute("value"), href: e.getAttribute("href"), type: e.getAttribute("type"), field: e.getAttribute("data-f"), faults, what: e.outerHTML.slice(0, 120) };
});

/** The hands of somebody who has only a keyboard. */
export const hands = ({ page }) => {
  let stops = 0;
  const here = async () => {
    const one = await focus(page);
    if (one?.faults.length) throw new Error(`${one.what}: ${one.faults.join("; ")}`);
    return one;
  };
  const press = key => page.keyboard.press(key);
  /** Tab until something has the focus; backwards if it lies there. */
  const to = async (wanted, { back = false, most = 260 } = {}) => {
    const fits = one => one && (typeof wanted === "function" ? wanted(one) : wanted instanceof RegExp ? wanted.test(one.text) : one.text === wanted);
    for (let at = 0; at < most; at += 1) {
      const one = await here();
      if (fits(one)) return one;
      await press(back ? "Shift+Tab" : "Tab");
      stops += 1;
    }
    throw new Error(`${wanted} is not reached in ${most} stops at ${page.url()}`);
  };
  /** Follows what has the focus, to another page. */
  const enter = async (key = "Enter") => {
    const before = await page.evaluate(() => performance.timeOrigin);
    await press(key);
    await page.waitForFunction(before => performance.timeOrigin !== before, before, { timeout: 20_000 });
    await page.waitForLoadState();
  };
  const heading = text => page.getByRole("heading", { level: 1, name: text }).waitFor();
  return { page, press, to, enter, here, heading, type: text => page.keyboard.type(text), count: () => stops,
    /** Nobody has used a mouse. */
    honest: async () => must(await page.evaluate(() => !document.documentElement.matches(":active")), "a mouse was used") };
};
