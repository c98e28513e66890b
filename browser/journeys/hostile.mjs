// Texts that would do something if anybody forgot that they are texts, in every field of every kind, seen in a real browser:
// no dialog, no request to anywhere, no report of the policy. The window of the visit collects all three.
const CORPUS = [
  "<script>alert(1)</script>",
  "\"><img src=x onerror=alert(1)>",
  "'><svg/onload=alert(1)>",
  "</textarea></title></script><script>alert(1)</script>",
  "[x](javascript:alert(1)) ![x](https://evil.example/x.png) <https://evil.example>",
  "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
  "{{constructor.constructor('alert(1)')()}} ${alert(1)}",
  "<a href=\"javascript:alert(1)\" onmouseover=alert(1) autofocus onfocus=alert(1)>x</a>",
];

export const journeys = [
  {
    name: "no text that anybody writes does anything in a browser",
    run: async ({ open }) => {
      const { page, go, faults } = await open({ role: "IsmsManager" });
      await go("/everything");
      const written = await page.evaluate(async corpus => {
        const ask = async (path, options) => { const answer = await fetch(path, options); return { status: answer.status, etag: answer.headers.get("etag"), body: await answer.json().catch(() => ({})) }; };
        const kinds = (await ask("/api/v1/kinds")).body.items, done = [];
        let at = 0;
        for (const { kind, fields } of kinds) {
          const first = (await ask(`/api/v1/${kind}?limit=1`)).body.items?.[0];
          if (!first) continue;
          const texts = fields.filter(field => /^(text|long text|list of (text|long text))$/.test(field.type) && !/_hash$|^(currency|timezone|email|void_reason|fiscal_year_start)$/.test(field.name));
          const value = field => { at += 1; const text = corpus[at % corpus.length]; return field.type.startsWith("list") ? [text] : text; };
          const path = `/api/v1/${kind}/${first.ref}`;
          let taken = 0;
          const patch = async body => {
            const { etag } = await ask(path);
            return (await ask(path, { method: "PATCH", headers: { "content-type": "application/json", "if-match": etag ?? "*" }, body: JSON.stringify(body) })).status;
          };
          const all = Object.fromEntries(texts.map(field => [field.name, value(field)]));
          if (await patch(all) === 200) taken = texts.length;
          else for (const [name, one] of Object.entries(all)) if (await patch({ [name]: one }) === 200) taken += 1;
          done.push([kind, first.ref, taken]);
        }
        return done;
      }, CORPUS);
      const fields = written.reduce((sum, [, , taken]) => sum + taken, 0);
      if (fields < 150) throw new Error(`only ${fields} fields took the texts: ${JSON.stringify(written.filter(([, , taken]) => !taken))}`);
      faults.splice(0, faults.length, ...faults.filter(fault => !/status of (4\d\d)/.test(fault)));
      const failed = [];
      const look = async path => {
        await go(path);
        await page.evaluate(() => document.querySelectorAll("details").forEach(one => { one.open = true; }));
        if (await page.evaluate(() => document.querySelectorAll("script:not([src]), iframe, object, embed, main img").length)) failed.push(`${path}: something foreign is in the page`);
        for (const fault of faults.splice(0)) failed.push(`${path}: ${fault}`);
      };
      for (const [, ref, taken] of written.filter(([, , taken]) => taken)) {
        await go(`/go/${ref}`);
        const path = new URL(page.url()).pathname;
        await look(path);
        await look(`${path}/edit`);
        await look(`${path}/history`);
        await look(path.replace(/\/[^/]*$/, ""));
      }
      for (const path of ["/", "/work", "/activity", "/overview", "/steps/5", "/findings", "/risks/matrix", "/risks/plan", "/soa", "/assets/dependencies", "/controls/operation", "/calendar", "/search?q=script", "/search?q=alert", "/portal", "/settings", "/settings/people", "/ready/stage-2"]) await look(path);
      if (failed.length) throw new Error(failed.slice(0, 20).join("\n  "));
    },
  },
];
