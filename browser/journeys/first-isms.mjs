// From the empty folder to a useful ISMS: the guide's answers become one proposal, which top management approves.
import { found } from "../start.mjs";

export const journeys = [
  {
    name: "the guide makes one proposal, and approving it makes the first ISMS",
    from: "empty",
    run: async ({ site, open, station }) => {
      const window = await open(), { page } = window;
      await found(site, page);
      await page.goto(site.base + "/setup/guide/organisation");
      await page.getByRole("radio").nth(1).check();
      await page.getByLabel(/How many people/).fill("40");
      await page.getByLabel(/Country/).fill("DE");
      const on = () => page.getByRole("button", { name: "Save and continue" }).click();
      await on();
      for (const name of ["protect", "roles"]) {
        await page.waitForURL(new RegExp(`/setup/guide/${name}`));
        await on();
      }
      await page.waitForURL(/\/setup\/guide\/limit/);
      await page.getByRole("radio").nth(1).check();
      await on();
      for (const name of ["risks", "rules", "people"]) {
        await page.waitForURL(new RegExp(`/setup/guide/${name}`));
        await on();
      }
      await page.waitForURL(/\/setup\/guide$/);
      await station(window, "what the answers come to");
      await page.getByRole("checkbox", { name: /I do/ }).check();
      await page.getByRole("button", { name: "Make the proposal" }).click();
      await page.waitForURL(/\/proposals\/P-0001/);
      await page.getByRole("heading", { level: 1, name: "First ISMS" }).waitFor();
      await station(window, "the proposal First ISMS");
      await page.getByLabel("Your reason").fill("We begin with what is usual, and look at all of it within a month.");
      await page.getByRole("button", { name: "Approve and put in force" }).click();
      await page.waitForURL(/done=proposal-in-force/);
      await station(window, "the first ISMS is there");
      await page.goto(site.base + "/soa");
      await page.getByText("A.8.13").first().waitFor();
      await page.goto(site.base + "/risks?view=all");
      await page.getByRole("table").first().waitFor();
      if ((await page.locator("tbody tr").count()) < 5) throw new Error("fewer than five risks");
    },
  },
  {
    name: "a change is added to a proposal and approved there",
    run: async ({ site, open, station }) => {
      const window = await open({ role: "IsmsManager" }), { page } = window;
      await page.goto(site.base + "/assets?view=all");
      await page.locator("tbody th a").first().click();
      await page.waitForURL(/\/assets\/AST-/);
      await page.locator("a[data-edit]").first().click();
      await page.getByLabel("Title").first().fill("A name that is proposed");
      await page.getByText("Add to proposal").first().click();
      await page.getByLabel(/What is it for/).fill("Names that people understand");
      await page.getByRole("button", { name: "Add to proposal" }).click();
      await page.waitForURL(/\/proposals\/P-/);
      await page.getByText("A name that is proposed").first().waitFor();
      await station(window, "a proposal with one change");
    },
  },
];
