// Deciding what is done about a risk, finding the cheapest measures, writing a new version of the method.
const text = async (page, wanted) => { await page.getByText(wanted).first().waitFor({ timeout: 20_000 }); };

export const journeys = [
  {
    name: "a risk owner sees what a decision would change while choosing, and saves it",
    run: async ({ open, station }) => {
      const window = await open({ role: "IsmsManager" }), { page, go } = window;
      await go("/risks/R-0009");
      await page.getByRole("link", { name: "Decide what to do", exact: true }).first().click();
      await page.getByRole("heading", { level: 1, name: "What will you do about it?" }).waitFor();
      await station(window, "treat");
      const effect = page.locator("[data-whatif]");
      await page.getByLabel("Find a control").fill("zone");
      const zones = page.getByRole("checkbox", { name: /C-0056/ });
      const asked = page.waitForResponse(answer => answer.request().method() === "POST" && answer.url().endsWith("/treat"));
      await zones.check();
      await asked;
      await effect.getByText(/A\.8\.22/).first().waitFor({ timeout: 20_000 });
      await station(window, "what if");
      if (!(await effect.textContent()).includes("Nothing is stored until you save")) throw new Error("the effect does not say that nothing is stored");
      await page.getByRole("button", { name: "A control that is not here yet" }).click();
      await page.getByLabel("What it is").fill("Second way to send claims");
      await page.getByLabel("Of 100 cases, it stops").fill("50");
      await page.getByRole("button", { name: /Plan the work for Second way/ }).click();
      await page.getByLabel("People, tools and suppliers it takes").fill("network firm, two weekends");
      await page.getByLabel("Done by").fill("2026-12-01");
      await page.getByLabel("Why", { exact: true }).fill("Zones keep a fault at the supplier out of our own network.");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await text(page, /TRT-\d+ is saved/);
      await text(page, "is the decision that is being prepared");
      await station(window, "saved");
    },
  },
  {
    name: "the same on a phone at night without script: the button shows the effect",
    run: async ({ open }) => {
      const { page, go } = await open({ role: "RiskOwner", size: "phone", theme: "dark", script: false });
      await go("/risks/R-0001/treat");
      await page.getByRole("radio", { name: /Avoid it/ }).check();
      await page.getByLabel("What is stopped").fill("Mail leaves the house no more");
      await page.getByRole("button", { name: "Show the effect", exact: true }).last().click();
      await page.getByRole("heading", { name: "What it would change" }).waitFor();
      if (!(await page.locator("[data-whatif]").textContent()).includes("gone")) throw new Error("an avoided risk is not gone");
      if (await page.getByLabel("What is stopped").inputValue() !== "Mail leaves the house no more") throw new Error("what was typed is lost");
    },
  },
  {
    name: "the cheapest measures are worked out and taken over",
    run: async ({ open, station }) => {
      const window = await open({ role: "IsmsManager" }), { page, go } = window;
      await go("/risks/R-0009/optimise");
      await station(window, "cheapest measures");
      await page.getByLabel(/^Per year/).fill("20000");
      await page.getByRole("button", { name: "Work it out" }).click();
      await page.getByRole("heading", { name: "What to choose" }).waitFor();
      await station(window, "the set");
      await page.getByRole("link", { name: "Take these over into the decision" }).click();
      await page.getByRole("heading", { level: 1, name: "What will you do about it?" }).waitFor();
      if (!await page.getByRole("radio", { name: /Reduce it/ }).isChecked()) throw new Error("the set is not taken over");
      await station(window, "taken over");
    },
  },
  {
    name: "the method is edited with a live matrix: a hole is named, and a new version is a draft",
    run: async ({ open, station }) => {
      const window = await open({ role: "IsmsManager" }), { page, go } = window;
      await go("/risk-methodologies/MET-0001");
      await page.getByRole("link", { name: "Scales and matrix", exact: true }).first().click();
      await station(window, "method");
      await page.getByRole("radio", { name: "Each value by itself" }).check();
      await page.locator("[name='m~3,2']").fill("");
      await text(page, "No value at likelihood 3, impact 2.");
      await station(window, "a hole");
      await page.locator("[name='m~3,2']").fill("6");
      await text(page, "Complete, and no value falls.");
      await page.getByLabel("Highest value that the owner may accept").fill("5");
      await text(page, /risks would come above the limit/);
      await page.getByRole("button", { name: "Save as a new version" }).click();
      await text(page, /MET-\d+ is saved/);
      await station(window, "new version");
    },
  },
];
