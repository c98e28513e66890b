// The eight daily tasks, with script switched off: what the server sends must be enough.
const without = async (open, role, size = "laptop") => {
  const window = await open({ role, size, script: false });
  const press = async name => { await window.page.getByRole("button", { name, exact: typeof name === "string" }).first().click(); };
  const says = async wanted => { await window.page.getByText(wanted).first().waitFor({ timeout: 10_000 }); };
  return { ...window, press, says };
};

export const journeys = [
  {
    name: "without script: find a gap and fix it",
    run: async ({ open }) => {
      const { page, go, press, says } = await without(open, "IsmsManager");
      await go("/");
      const gap = page.locator("a.btn[href*='/edit#field-']").first(), to = await gap.getAttribute("href"), field = to.split("#field-")[1];
      if (field !== "privacy_agreement") throw new Error(`the first gap of the clinic is about ${field}`);
      await gap.click();
      await page.waitForURL(/\/edit/);
      await page.locator(`input[name=${field}][value=signed]`).check();
      await press("Save");
      await says(/is saved/);
      await go("/");
      if (await page.locator(`a[href='${to}']`).count()) throw new Error("the gap is still there");
    },
  },
  {
    name: "without script: rate a risk",
    run: async ({ open }) => {
      const { page, go, press, says, faults } = await without(open, "IsmsManager");
      await go("/risks/R-0003");
      await page.locator("a[href$='/R-0003/rate']:visible").first().click();
      await page.locator("input[name=current_likelihood][value='4']").check();
      await page.locator("textarea[name=likelihood_reason]").fill("Seen twice this year.");
      await press("Save the rating");
      await says(/lower than what the controls suggest/);
      const told = faults.splice(0);
      if (told.length !== 1 || !/422/.test(told[0])) throw new Error(`the refusal is told as: ${told.join("; ")}`);
      if (await page.locator("textarea[name=likelihood_reason]").inputValue() !== "Seen twice this year.") throw new Error("what was typed is lost");
      await page.locator("textarea[name=why]").fill("The gateway reaches no health data.");
      await press("Save the rating");
      await page.waitForURL(/done=/);
      await go("/risks/R-0003/history");
      await page.getByText("What differs").first().click();
      await page.getByText("Seen twice this year.", { exact: true }).first().waitFor();
    },
  },
  {
    name: "without script: approve a treatment as its owner",
    run: async ({ site, open }) => {
      const owner = await without(open, "RiskOwner");
      await owner.go(`/risks?risk_owner=${site.cookies.RiskOwner.person}`);
      const risk = (await owner.page.locator("tbody a[href*='/risks/R-']").first().getAttribute("href")).match(/R-\d+/)[0];
      const manager = await without(open, "IsmsManager");
      await manager.go("/treatment-decisions/new");
      const { page } = manager;
      await page.locator("[name=title]").fill("Keep the risk as it is");
      await page.locator("input[name=risk]").fill(risk);
      await page.locator("input[name=option][value=accept]").check();
      await page.locator("[name=rationale]").fill("It is small enough.");
      await manager.press("Save");
      await page.waitForURL(/treatment-decisions\/TRT-\d+/);
      const path = new URL(page.url()).pathname;
      await manager.go(`${path}/step/proposed`);
      await page.locator("main form.recform button.primary").last().click();
      await page.waitForURL(/done=/);
      await owner.go(`${path}/sign`);
      await owner.page.locator("input[name=confirm]").check();
      await owner.page.locator("main form button.primary").last().click();
      await owner.page.waitForURL(/done=/);
      await owner.go(path);
      await owner.says(/Approved/);
    },
  },
  {
    name: "without script: change a row of the Statement of Applicability",
    run: async ({ open }) => {
      const { page, go, press } = await without(open, "IsmsManager");
      await go("/soa");
      await page.locator("tr[id='A.5.2'] [data-f=justification]").click();
      await page.locator("textarea[name=justification]").fill("Included because somebody must answer for each duty.");
      await press("Save the row");
      await page.locator("tr[id='A.5.2']", { hasText: "somebody must answer" }).waitFor();
    },
  },
  {
    name: "without script: read a policy on a phone and confirm it",
    run: async ({ open }) => {
      const { page, go, press } = await without(open, "SystemAdmin", "phone");
      await go("/portal/read");
      await page.getByRole("link", { name: "Acceptable use policy" }).click();
      await press("I have read and understood it");
      await page.waitForURL(/\/portal\?done=read/);
    },
  },
  {
    name: "without script: report an incident on a phone",
    run: async ({ open }) => {
      const { page, go, press } = await without(open, "Employee", "phone");
      await go("/portal");
      await page.locator("a[href='/portal/report']").first().click();
      await page.getByLabel("What happened?").fill("A stranger asked for a password");
      await press("Report it");
      await page.waitForURL(/thanks/);
    },
  },
  {
    name: "without script: draw a sample and record a finding",
    run: async ({ open }) => {
      const { page, go, press } = await without(open, "InternalAuditor");
      await go("/ready/stage-2");
      await page.locator("a[href='/ready/sample/risks']").click();
      await page.waitForURL(/seed=/);
      const drawn = await page.locator("tbody tr").count();
      if (drawn < 3) throw new Error(`a sample of ${drawn}`);
      await page.getByRole("link", { name: "Record what you found" }).click();
      await page.locator("[name=title]").fill("Two risks have no owner's word");
      await page.locator("input[name=audit]").fill("AU-0001");
      await page.locator("input[name=grade][value=minor]").check();
      await page.locator("[name=statement]").fill("The owner was not asked.");
      if (!/seed/.test(await page.locator("textarea[name=objective_evidence]").inputValue())) throw new Error("the sample is not in the finding");
      await press("Save");
      await page.waitForURL(/audit-findings\/[A-Z]+-\d+/);
    },
  },
  {
    name: "without script: print the page of the management",
    run: async ({ open }) => {
      const { page, go } = await without(open, "TopManagement");
      await go("/");
      await page.waitForURL(/overview/);
      const pdf = await page.pdf({ format: "A4" });
      const pages = (pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length;
      if (pages !== 1) throw new Error(`it prints on ${pages} pages`);
    },
  },
];
