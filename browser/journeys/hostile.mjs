// Texts that would do something if anybody forgot that they are texts, in every field of every kind, seen in a real browser: no
// dialog, no request to anywhere, no report of the policy (the window of a visit collects all three), nothing foreign in the page,
// and a word without an end does not push the page sideways.
import { sideways } from "../checks.mjs";

const CORPUS = [
  "<script>alert(1)</script>",
  "\"><img src=x onerror=alert(1)>",
  "'><svg/onload=alert(1)>",
  "</textarea></title></script><script>alert(1)</script>",
  "[x](javascript:alert(1)) ![x](https://evil.example/x.png) <https://evil.example>",
  "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
  "{{constructor.constructor('alert(1)')()}} ${alert(1)} <%= 7*7 %>",
  "<a href=\"javascript:alert(1)\" onmouseover=alert(1) autofocus onfocus=alert(1)>x</a>",
  "a\u202e\u2066txt.exe\u202d rtl \u200f\u061c\u2069",
  `w${"o".repeat(300)}rd`,
  "\u{1f469}\u{1f3fd}\u200d\u{1f52c} \u{20bb7} z\u0335\u0321\u0322\u0358\u0321 \u{1f3f4}\u{e0067}\u{e0062}",
];

/** Puts the texts into every text of one record of each kind, as a program would; answers what was taken. */
const write = async corpus => {
  const ask = async (path, options) => { const answer = await fetch(path, options); return { status: answer.status, etag: answer.headers.get("etag"), body: await answer.json().catch(() => ({})) }; };
  const done = [];
  let at = 0;
  for (const { kind, fields } of (await ask("/api/v1/kinds")).body.items) {
    const first = (await ask(`/api/v1/${kind}?limit=1`)).body.items?.[0];
    if (!first) continue;
    const texts = fields.filter(field => /^(text|long text|list of (text|long text))$/.test(field.type) && !/_hash$|^(currency|timezone|email|void_reason|fiscal_year_start)$/.test(field.name));
    const path = `/api/v1/${kind}/${first.ref}`;
    const patch = async body => {
      const { etag } = await ask(path);
      return (await ask(path, { method: "PATCH", headers: { "content-type": "application/json", "if-match": etag ?? "*" }, body: JSON.stringify(body) })).status;
    };
    const all = Object.fromEntries(texts.map(field => { at += 1; const text = corpus[at % corpus.length]; return [field.name, field.type.startsWith("list") ? [text] : text]; }));
    let taken = 0;
    if (await patch(all) === 200) taken = texts.length;
    else for (const [name, one] of Object.entries(all)) if (await patch({ [name]: one }) === 200) taken += 1;
    done.push([kind, first.ref, taken]);
  }
  return done;
};

export const journeys = [
  {
    name: "no text that anybody writes does anything in a browser",
    run: async ({ open }) => {
      const { page, go, faults } = await open({ role: "IsmsManager" });
      await go("/everything");
      const written = (await page.evaluate(write, CORPUS)).filter(([, , taken]) => taken);
      const fields = written.reduce((sum, [, , taken]) => sum + taken, 0);
      if (fields < 150) throw new Error(`only ${fields} fields took the texts: ${JSON.stringify(written)}`);
      // What a field does not take is refused, and the browser notes that.
      faults.splice(0, faults.length, ...faults.filter(fault => !/status of (4\d\d)/.test(fault)));
      const failed = [];
      const look = async path => {
        await go(path);
        await page.evaluate(() => { for (const one of document.querySelectorAll("details")) one.open = true; });
        const foreign = await page.evaluate(() => [...document.querySelectorAll("script:not([src]), iframe, object, embed, main img, [onerror], [onload], [onfocus], a[href^='javascript:' i]")].map(one => one.outerHTML.slice(0, 80)));
        for (const fault of [...foreign.map(one => `something foreign: ${one}`), ...faults.splice(0), ...await sideways(page)]) failed.push(`${path}: ${fault}`);
      };
      for (const [, ref] of written) {
        await go(`/go/${ref}`);
        const path = new URL(page.url()).pathname;
        await look(path);
        await look(`${path}/edit`);
        await look(`${path}/history`);
        await look(path.replace(/\/[^/]*$/, ""));
      }
      for (const path of ["/", "/work", "/activity", "/overview", "/steps/5", "/findings", "/risks/matrix", "/risks/plan", "/soa", "/assets/dependencies", "/controls/operation", "/calendar", "/search?q=script", "/search?q=alert", "/search?q=%3Cscript%3Ealert(1)%3C/script%3E", "/portal", "/settings", "/settings/people", "/ready/stage-2"]) await look(path);
      if (failed.length) throw new Error(`${failed.length} faults:\n  ${failed.slice(0, 20).join("\n  ")}`);
    },
  },
];
