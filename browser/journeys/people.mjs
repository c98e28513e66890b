// What the five kinds of users come for.
const text = async (page, wanted) => { await page.getByText(wanted).first().waitFor({ timeout: 10_000 }); };

export const journeys = [
  {
    name: "the ISMS manager changes a risk and finds the change in its history",
    run: async ({ open, station }) => {
      const window = await open({ role: "IsmsManager" }), { page, go } = window;
      await go("/risks/R-0003");
      await station(window, "record");
      await page.getByRole("link", { name: "Edit", exact: true }).click();
      await page.getByLabel(/^Title/).fill("Image archive is down for a whole day");
      await station(window, "form");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "Image archive is down for a whole day" }).waitFor();
      await text(page, "R-0003 is saved");
      await go("/risks/R-0003/history");
      await text(page, "Image archive is down for a whole day");
      await station(window, "history");
    },
  },
  {
    name: "search finds a record by keyboard and the date leads into the past",
    run: async ({ site, open, station }) => {
      const window = await open({ role: "IsmsManager" }), { page, go } = window;
      await go("/risks");
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").fill("R-0004");
      await page.locator("#pal-list a", { hasText: "R-0004" }).first().waitFor();
      await station(window, "palette");
      await page.keyboard.press("Enter");
      await page.waitForURL(/R-0004/);
      await go("/risks?asof=2026-06-29");
      if (!/422|Nothing|There/.test(await page.title() + (await page.textContent("body")))) throw new Error("a day before the first entry has a state");
      window.faults.length = 0;
      await page.goto(`${site.base}/risks?asof=0`);
      await page.locator(".pastbar").waitFor();
      if (await page.getByRole("link", { name: /new risk/i }).count()) throw new Error("something can be made in the past");
      await station(window, "the past");
    },
  },
  {
    name: "an employee reports on a phone without script, and keeps their name back",
    run: async ({ open }) => {
      const { page, go } = await open({ role: "Employee", size: "phone", script: false });
      await go("/portal/report");
      await page.getByLabel("What happened?").fill("A letter with results went to a wrong address");
      await page.getByLabel("Do not keep my name").check();
      await page.getByRole("button", { name: "Report it" }).click();
      await page.waitForURL(/thanks/);
    },
  },
  {
    name: "top management prints one page",
    run: async ({ open, station }) => {
      const window = await open({ role: "TopManagement" }), { page, go } = window;
      await go("/");
      await page.waitForURL(/overview/);
      await station(window, "overview");
      const pdf = await page.pdf({ format: "A4" });
      const pages = (pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length;
      if (pages !== 1) throw new Error(`the overview prints on ${pages} pages`);
    },
  },
  {
    name: "a risk owner comes to their work, an auditor to the evidence, both on a phone at night",
    run: async ({ open, station }) => {
      for (const [role, path] of [["RiskOwner", "/work"], ["InternalAuditor", "/controls/operation/A.8.13"], ["ExternalAuditor", "/soa"]]) {
        const window = await open({ role, size: "phone", theme: "dark" });
        await window.go(path);
        await window.page.getByRole("heading", { level: 1 }).waitFor();
        await station(window, `${role} ${path}`);
      }
    },
  },
];
