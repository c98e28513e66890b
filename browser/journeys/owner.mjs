// What owners of risks, assets and controls come for now and then: a task that is done in its place, and a signature.
import { ask } from "../site.mjs";
import { must, says, tab } from "../person.mjs";

const WORK = ["My work", "/work"];

export const journeys = [
  {
    name: "a control owner does a task in the list and takes it back",
    looks: "all",
    run: async ({ site, open, station }) => {
      await ask(site, "IsmsManager", "POST", "/task", { title: "Look through the list of the backup tapes", what: "See whether each tape of the list lies in the safe.", assignee: site.cookies.ControlOwner.person, due: "2026-07-03" });
      const window = await open({ role: "ControlOwner" }), { page, go } = window;
      await go("/");
      await page.getByRole("heading", { level: 1, name: WORK[0] }).waitFor();
      must(new URL(page.url()).pathname === WORK[1], "an owner does not land on the work that waits");
      const row = page.locator("main li", { hasText: "backup tapes" });
      must(/3 Jul.*15 min/s.test(await row.innerText()), "the task does not say by when and how long");
      await station(window, "my work");
      await row.getByRole("button", { name: /^Done/ }).click();
      await says(page, /is done/);
      must(new URL(page.url()).pathname === WORK[1], "the task is not done in its place");
      await station(window, "done");
      await page.getByRole("button", { name: /^Take back/ }).click();
      await page.getByRole("button", { name: /^Done.*backup tapes/ }).click();
      await says(page, /is done/);
      must(!await page.getByRole("button", { name: /^Done.*backup tapes/ }).count(), "the task still waits");
    },
  },
  {
    name: "a risk owner sees what is approved, signs it, and is told when it changes afterwards",
    looks: "all",
    run: async ({ site, open, station }) => {
      const made = await ask(site, "IsmsManager", "POST", "/treatment", { title: "Keep the web site as it is", risk: "R-0028", option: "accept", rationale: "A page that is put back within an hour." });
      await ask(site, "IsmsManager", "POST", `/treatment/${made.ref}/steps/proposed`, {});
      const window = await open({ role: "RiskOwner" }), { page, go } = window;
      await go("/");
      await page.getByRole("link", { name: "Approve: Keep the web site as it is" }).click();
      await page.getByRole("heading", { level: 1, name: "Sign what stands here" }).waitFor();
      await page.getByText("A page that is put back within an hour.").waitFor();
      await station(window, "what is signed");
      await page.getByRole("checkbox").check();
      await page.getByRole("button", { name: "Sign", exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "Keep the web site as it is" }).waitFor();
      await says(page, /Approved/);
      await station(window, "signed");
      // Somebody changes the reason: the signature lapses, and its owner is asked again.
      await ask(site, "IsmsManager", "PATCH", `/treatment/${made.ref}`, { rationale: "A page that is put back within a day." });
      await go("/");
      await page.getByRole("link", { name: "Changed since you signed it: Keep the web site as it is" }).waitFor();
      await page.getByRole("link", { name: "Readiness" }).first().click();
      await tab(page, WORK[0]);
      const again = page.locator("main li", { hasText: "Changed since you signed it: Keep the web site as it is" });
      await again.waitFor();
      await station(window, "a consent that has lapsed");
      await again.getByRole("link", { name: /^See and sign/ }).click();
      await page.getByText("A page that is put back within a day.").first().waitFor();
      await page.getByRole("link", { name: "Sign", exact: true }).waitFor();
    },
  },
];
