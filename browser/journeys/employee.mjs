// What everybody comes for some minutes a year: what to read and to learn, and to say that something is wrong.
import { ask } from "../site.mjs";
import { must, says } from "../person.mjs";

/** A report, from the portal on; answers how many fields were filled and how many times something was pressed. */
const report = async ({ page, go, size }, { text, anonymous }) => {
  await go("/portal");
  let fields = 0, presses = 0;
  // On a phone the button below is always there, on a laptop the form itself.
  if (size === "phone") { await page.locator(".callbar a").click(); presses += 1; await page.waitForURL(/report/); }
  await page.getByLabel("What happened?").fill(text);
  fields += 1;
  if (anonymous) { await page.getByLabel("Do not keep my name").check(); presses += 1; }
  await page.getByRole("button", { name: "Report it" }).click();
  presses += 1;
  await page.waitForURL(/thanks/);
  return { fields, presses };
};

export const journeys = [
  {
    name: "an employee reads and confirms, and takes a course",
    looks: "all",
    run: async ({ site, open, station }) => {
      const { person } = site.cookies.Employee;
      await ask(site, "IsmsManager", "PATCH", "/document/DOC-0012", { ack_required: true, ack_within_days: 500, audience_all: true });
      await ask(site, "IsmsManager", "POST", "/training_assignment", { title: "Basics once more", course: "CRS-0001", person, assigned_on: "2026-06-29", due: "2026-07-20", reason: "periodic" });
      const window = await open({ role: "Employee" }), { page, go } = window;
      await go("/");
      await page.getByRole("heading", { level: 1, name: "Hello Hugo" }).waitFor();
      must(!/\bISMS\b/.test(await page.locator("body").innerText()), "an employee meets the word ISMS");
      await station(window, "the portal with two tasks");
      await page.getByRole("link", { name: /^Read.*Remote work policy/ }).click();
      await page.getByRole("heading", { level: 1, name: "Remote work policy" }).waitFor();
      await station(window, "a policy to read");
      await page.getByRole("button", { name: "I have read and understood it" }).click();
      await page.waitForURL(/\/portal/);
      await says(page, "Remote work policy");
      await page.getByRole("link", { name: /^Start.*Information security basics/ }).click();
      await page.getByRole("heading", { level: 1, name: "Information security basics" }).waitFor();
      for (const right of ["Refuse and offer to do the task yourself or call IT", "Report button or phone 4400", "Only approved systems and people who need it", "Measures of the sanction process"]) await page.getByRole("radio", { name: right }).check();
      await page.getByRole("radio", { name: "Door open" }).check();
      await station(window, "the questions of a course");
      await page.getByRole("button", { name: "Send" }).click();
      await page.waitForURL(/\/portal/);
      await station(window, "nothing left to do");
      must(!await page.locator("ul.todo li").count(), "a task is left");
    },
  },
  {
    name: "an employee reports an incident with one field and within a minute, with a name and without",
    looks: "all",
    run: async ({ site, open, station }) => {
      const window = await open({ role: "Employee" }), { page, go } = window;
      const before = Date.now(), told = await report(window, { text: "A stranger stood at the printer of ward two" });
      must(told.fields === 1 && told.presses <= 2, `a report takes ${told.fields} fields and ${told.presses} presses`);
      // A person needs about half a minute for one sentence; what is left is for the program.
      must(Date.now() - before < 30_000, `the program alone takes ${Date.now() - before} ms`);
      await station(window, "thanks");
      await page.getByRole("link", { name: /My work|Back|portal/i }).last().click();
      await says(page, "A stranger stood at the printer of ward two");
      await report(window, { text: "I have left the records room open", anonymous: true });
      await go("/portal");
      must(!await page.getByText("I have left the records room open").count(), "a report without a name is listed under a name");
      const { items } = await ask(site, "IsmsManager", "GET", "/event?limit=100"), kept = items.find(one => JSON.stringify(one).includes("records room open"));
      must(kept && !JSON.stringify(kept).includes(site.cookies.Employee.person), "the report is not there, or keeps the name");
      // A report without a word is told at its field.
      await go("/portal/report");
      await page.getByRole("button", { name: "Report it" }).click();
      must(await page.getByLabel("What happened?").evaluate(e => e === document.activeElement), "a report without a word is not told at its field");
      await station(window, "reporting");
    },
  },
];
