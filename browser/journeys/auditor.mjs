// What auditors come for: those of the house draw samples and record findings, those from outside read and check.
import { must, place, says, tab } from "../person.mjs";

/** Nothing on the page changes a record; what a reader sends is only where they look. */
const reads_only = async (page, where) => {
  const found = await page.evaluate(() => [
    ...[...document.querySelectorAll("main a")].filter(one => /^(Edit|New|Rate|Reassess)\b/.test(one.textContent.trim()) || one.matches("[data-edit], [data-new]")),
    ...[...document.querySelectorAll("main form[method=post]")].filter(one => !/\/comments$|\/soa\/compare$|\/columns$|\/views$|^\/start$/.test(one.getAttribute("action"))),
  ].map(one => one.outerHTML.slice(0, 120)));
  must(!found.length, `${where}: somebody who only reads finds ${found.join(" | ")}`);
};

export const journeys = [
  {
    name: "an internal auditor draws a sample, draws the same again, and records a finding from it",
    looks: "all",
    run: async ({ open, station }) => {
      const window = await open({ role: "InternalAuditor" }), { page, go } = window;
      await go("/");
      await station(window, "home of an auditor");
      await page.getByRole("link", { name: "Ready for stage 2?" }).first().click();
      await page.getByRole("heading", { level: 1, name: "Ready for stage 2?" }).waitFor();
      await station(window, "what is sampled");
      await page.getByRole("link", { name: /^Draw a sample.*Control tests/ }).click();
      await page.waitForURL(/seed=/);
      const drawn = () => page.locator("main tbody th").allInnerTexts(), first = await drawn();
      must(first.length === 8, `a sample of ${first.length}`);
      await station(window, "a sample");
      await page.reload();
      must((await drawn()).join() === first.join(), "the same seed draws another sample");
      await page.getByRole("link", { name: "Record what you found" }).click();
      await page.getByRole("heading", { level: 1 }).waitFor();
      must(/seed/.test(await page.locator("textarea[name=objective_evidence]").inputValue()), "the sample is not in the finding");
      await page.getByLabel("Title").first().fill("Two tests have no result");
      await page.getByRole("combobox", { name: /^Audit/ }).fill("AU-0001");
      await page.locator(".combo-list [role=option]").first().waitFor();
      await station(window, "a finding being written");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.locator("input[name=grade][value=minor]").check();
      await page.locator("[name=statement]").fill("Two of eight tests were carried out and nobody wrote down what came out.");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "Two tests have no result" }).waitFor();
      await station(window, "a finding recorded");
    },
  },
  {
    name: "an external auditor reads the statement, evidence by clause, history and proof, and can change nothing",
    looks: "all",
    run: async ({ site, open, station }) => {
      const window = await open({ role: "ExternalAuditor" }), { page, context, go } = window;
      await go("/");
      await reads_only(page, "home");
      await station(window, "home of somebody who only reads");
      await place(page, "Controls", "/soa");
      must(!await page.locator("#soa [data-f]").count(), "a cell of the statement can be changed");
      await reads_only(page, "the statement");
      await station(window, "the statement");
      await page.getByRole("link", { name: "Information backup" }).first().click();
      await page.getByRole("heading", { level: 1 }).waitFor();
      await reads_only(page, "a control of the statement");
      await station(window, "evidence of a control");
      await place(page, "Controls", "/soa");
      await tab(page, "Evidence");
      await reads_only(page, "evidence");
      await page.getByRole("link", { name: /^Proof for C-0001/ }).first().click();
      await page.getByRole("heading", { level: 1, name: /^Proof for C-0001/ }).waitFor();
      await reads_only(page, "a piece of evidence");
      await page.getByRole("link", { name: /versions|only version/ }).click();
      await page.getByRole("button", { name: "Verify" }).click();
      await page.locator("[role=status].ok").waitFor();
      await station(window, "history that was verified");
      const proof = await page.getByRole("link", { name: /^proof/ }).first().getAttribute("href"), answer = await context.request.get(site.base + proof);
      must(answer.ok() && /tlog_proof/.test(await answer.text()), `the proof is answered ${answer.status()}`);
    },
  },
];
