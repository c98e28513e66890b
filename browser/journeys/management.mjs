// What top management comes for once a month: one page, what waits for a decision, and the page on paper.
import { ask } from "../site.mjs";
import { must, says } from "../person.mjs";
import { PASSWORD } from "../start.mjs";

/** A proposal of the ISMS manager that needs the consent of the person who owns this risk. */
const proposed = async (site, title, risk, fields) => {
  const made = await ask(site, "IsmsManager", "POST", "/proposal", { title, why: "The hospital next door was closed for two weeks.", changes: [{ action: "set", subject: risk, fields: JSON.stringify(fields) }] });
  await ask(site, "IsmsManager", "POST", `/proposal/${made.ref}/steps/offered`, {});
};

export const journeys = [
  {
    name: "top management reads one page, decides what waits there, and prints it",
    looks: "all",
    run: async ({ site, open, station }) => {
      await proposed(site, "Rate ransomware higher after the case next door", "R-0002", { current_likelihood: 3 });
      const window = await open({ role: "TopManagement" }), { page, go } = window;
      await go("/");
      await page.getByRole("heading", { level: 1, name: "Information security on one page" }).waitFor();
      await station(window, "one page");
      await page.getByRole("link", { name: /Rate ransomware higher/ }).click();
      await page.getByRole("heading", { level: 1, name: /^Rate ransomware higher/ }).waitFor();
      // What would change stands there before the decision.
      must(/\b8\b.*elevated.*\b12\b.*high/i.test((await page.locator("main").innerText()).replace(/\s+/g, " ")), "the proposal does not say what becomes of the risk");
      await station(window, "the proposal with its effect");
      const decide = page.locator("form.decide");
      await decide.getByLabel("Your reason").fill("The case next door counts for us too.");
      await decide.locator("button[value=approve]").click();
      await says(page, /in force/i);
      await station(window, "decided");
      await go("/");
      must(!await page.getByRole("link", { name: /Rate ransomware higher/ }).count(), "what was decided is still asked for");
      await page.evaluate(() => { globalThis.print = () => { globalThis.printed = true; }; });
      await page.getByRole("button", { name: "Print" }).click();
      must(await page.evaluate(() => globalThis.printed === true), "the button does not print");
      const pdf = await page.pdf({ format: "A4" }), pages = (pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length;
      must(pages === 1, `the page prints on ${pages} sheets`);
    },
  },
  {
    name: "top management that came long ago says who it is before it signs, and comes back to what it decides",
    looks: "all",
    run: async ({ site, open, station, look }) => {
      const title = `Rate the defaced web site anew, ${look.name}`;
      await proposed(site, title, "R-0028", { current_likelihood: 3 });
      const window = await open({ role: "LongSignedIn" }), { page, go } = window;
      await go("/");
      await page.getByRole("link", { name: `Approve: ${title}` }).click();
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      await page.getByLabel("Your reason").fill("Two attempts in a week are no longer rare.");
      await page.locator("form.decide button[value=approve]").click();
      await page.waitForURL(/step-up/);
      await station(window, "who are you");
      await page.getByLabel("Password").fill(PASSWORD);
      await page.locator("form[action='/step-up'] button").click();
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      await page.getByLabel("Your reason").fill("Two attempts in a week are no longer rare.");
      await page.locator("form.decide button[value=approve]").click();
      await says(page, /in force/i);
      await station(window, "signed");
    },
  },
];
