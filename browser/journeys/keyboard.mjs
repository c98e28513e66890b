// The eight daily tasks with the keyboard alone (ux.md, CD-6 and AX-8), and what opens and closes gives the focus back.
import { ask } from "../site.mjs";
import { hands } from "../keyboard.mjs";
import { must, refused, says } from "../person.mjs";

const begin = async (open, role, path = "/") => {
  const window = await open({ role });
  await window.go(path);
  return { window, ...hands(window) };
};

export const journeys = [
  {
    name: "by keyboard: find a gap and fix it",
    run: async ({ open }) => {
      const { page, press, to, enter } = await begin(open, "IsmsManager");
      await to("Skip to content");
      await press("Enter");
      await to(/^Change data processing agreement/);
      await enter();
      await to(one => one.name === "privacy_agreement");
      while (await page.evaluate(() => document.activeElement.value) !== "signed") await press("ArrowDown");
      await to("Save");
      await enter();
      await says(page, "SUP-0007 is saved");
    },
  },
  {
    name: "by keyboard: rate a risk",
    run: async ({ open }) => {
      const { window, page, press, to, enter, heading, type } = await begin(open, "IsmsManager");
      await press("g");
      await enter("r");
      await heading("Risks");
      await press("/");
      must(await page.evaluate(() => document.activeElement.matches("[data-find]")), "the slash does not lead to the field of the list");
      await type("gateway");
      await enter();
      await press("j");
      await to("Exploited remote access gateway");
      await enter();
      await to("Rate");
      await enter();
      await to(one => one.name === "current_likelihood");
      while (await page.evaluate(() => document.activeElement.value) !== "4") await press("ArrowDown");
      await to(one => one.name === "likelihood_reason");
      await type("Seen twice this year. ");
      await to("Save the rating");
      await enter();
      await says(page, /lower than what the controls suggest/);
      refused(window.faults, 422);
      await to(one => one.name === "why");
      await type("The gateway reaches no health data.");
      await to("Save the rating");
      await enter();
      await heading("Exploited remote access gateway");
    },
  },
  {
    name: "by keyboard: approve a treatment as its owner",
    run: async ({ site, open }) => {
      const made = await ask(site, "IsmsManager", "POST", "/treatment", { title: "Keep the web site as it is", risk: "R-0028", option: "accept", rationale: "A page that is put back within an hour." });
      await ask(site, "IsmsManager", "POST", `/treatment/${made.ref}/steps/proposed`, {});
      const { page, press, to, enter, heading } = await begin(open, "RiskOwner");
      await to("Approve: Keep the web site as it is");
      await enter();
      await heading("Sign what stands here");
      await to(one => one.name === "confirm");
      await press("Space");
      await to("Sign");
      await enter();
      await says(page, /Approved/);
    },
  },
  {
    name: "by keyboard: change a row of the statement and send the draft",
    run: async ({ open }) => {
      const { page, press, to, enter, heading, type, here } = await begin(open, "IsmsManager");
      await press("g");
      await enter("c");
      await heading("Statement of Applicability");
      await to("Begin a new version");
      await enter();
      await to(one => one.href?.includes("#A.5.1") && one.field === "justification", { most: 120 });
      await press("ArrowDown");
      must((await here()).href?.includes("#A.5.2"), "the arrow does not lead to the next row");
      await press("Enter");
      await page.locator("[id='A.5.2'] textarea").waitFor();
      await press("Control+a");
      await type("Somebody answers for each duty.");
      await press("Enter");
      await page.locator("#toasts").getByText("A.5.2 is saved").waitFor();
      await to("Send for approval", { back: true });
      await enter();
      await to(one => one.tag === "button" && one.text === "Send for approval");
      await enter();
      await says(page, /in review/i);
    },
  },
  {
    name: "by keyboard: read a policy and confirm it, and report an incident",
    run: async ({ site, open }) => {
      await ask(site, "IsmsManager", "PATCH", "/document/DOC-0012", { ack_required: true, ack_within_days: 500, audience_all: true });
      const { page, to, enter, heading, type } = await begin(open, "Employee");
      await to(/^Read.*Remote work policy/);
      await enter();
      await heading("Remote work policy");
      await to("I have read and understood it");
      await enter();
      await heading("Hello Hugo");
      await to(one => one.name === "what");
      await type("A stranger stood at the printer of ward two");
      await to("Report it");
      await enter();
      must(/thanks/.test(page.url()), `the report leads to ${page.url()}`);
    },
  },
  {
    name: "by keyboard: draw a sample and record a finding",
    run: async ({ open }) => {
      const { page, press, to, enter, heading, type } = await begin(open, "InternalAuditor");
      await to("Ready for stage 2?");
      await enter();
      await to(/^Draw a sample.*Risks/);
      await enter();
      await to("Record what you found");
      await enter();
      await to(one => one.name === "title");
      await type("Two risks have no owner's word");
      await to(one => one.name === "audit");
      await type("AU-0001");
      await page.locator(".combo-list [role=option]").first().waitFor();
      await press("ArrowDown");
      await press("Enter");
      await to(one => one.name === "grade");
      while (await page.evaluate(() => document.activeElement.value) !== "minor") await press("ArrowDown");
      await to(one => one.name === "statement");
      await type("The owner was not asked.");
      await to("Save");
      await enter();
      await heading("Two risks have no owner's word");
    },
  },
  {
    name: "by keyboard: print the page of the management",
    run: async ({ open }) => {
      const { page, press, to } = await begin(open, "TopManagement");
      await page.evaluate(() => { globalThis.print = () => { globalThis.printed = true; }; });
      await to("Print");
      await press("Enter");
      must(await page.evaluate(() => globalThis.printed === true), "nothing is printed");
    },
  },
  {
    name: "by keyboard: what was opened gives the focus back, and every stop of the daily pages is seen",
    run: async ({ open, station }) => {
      const { window, page, press, to, enter, here } = await begin(open, "IsmsManager", "/risks");
      const back = async (what, open, closed) => {
        const from = await here();
        await open();
        await station(window, what);
        await press("Escape");
        await closed();
        const now = await here();
        must(now?.what === from?.what, `${what} gives the focus to ${now?.what ?? "nothing"} and not back to ${from?.what}`);
      };
      const menu = page.locator("[popover]:popover-open"), shut = () => menu.waitFor({ state: "hidden" });
      await to(/Search and commands/);
      await back("the palette", async () => { await press("Enter"); await page.locator("#pal-list a").first().waitFor(); }, () => page.locator("#palette").waitFor({ state: "hidden" }));
      await to("Matrix");
      await back("the palette by its keys", async () => { await press("Control+k"); await page.locator("#pal-list a").first().waitFor(); }, () => page.locator("#palette").waitFor({ state: "hidden" }));
      await back("the date by its key", async () => { await press("t"); await menu.waitFor(); must(await page.evaluate(() => document.activeElement.id === "asofd"), "the date that was asked for has no focus"); }, shut);
      for (const [name, what] of [[/Tomas Weller: account/, "the account"], [/Show the state/, "the date"]]) {
        await to(one => one.tag === "button" && name.test(one.text));
        await back(what, async () => { await press("Enter"); await menu.waitFor(); await press("Tab"); must(await page.evaluate(() => document.querySelector("[popover]:popover-open").contains(document.activeElement)), `Tab does not lead into ${what}`); }, shut);
      }
      for (const name of ["Export", "Keep this view", "State", "Columns"]) {
        await to(one => one.tag === "button" && one.text.startsWith(name));
        await back(name, async () => { await press("Enter"); await menu.waitFor(); }, shut);
      }
      // The sheet of the keys, by its key.
      await enter("?");
      await page.getByRole("heading", { level: 1 }).waitFor();
      await station(window, "the sheet of the keys");
      // Pages of other shapes than the journeys above pass: nothing is lost under what stays on the window.
      for (const path of ["/risks/R-0002", "/risks/R-0002/edit", "/proposals/P-0001", "/risks/matrix"]) {
        await window.go(path);
        for (let at = 0; at < 100; at += 1) { await press("Tab"); if (!await here() && at > 5) break; }
      }
    },
  },
];
