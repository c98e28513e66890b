// The Statement of Applicability as a grid: by keyboard, by pointer, and without script.
const toast = (page, wanted) => page.locator("#toasts").getByText(wanted).waitFor({ timeout: 10_000 });

export const journeys = [
  {
    name: "who answers for a control is picked in its cell, and a name that nobody bears is told there",
    run: async ({ open }) => {
      const { page, go, faults } = await open({ role: "IsmsManager" });
      await go("/soa");
      const row = page.locator("#A\\.5\\.1"), field = row.locator("[name=responsible]");
      await row.locator("[data-f=responsible]").click();
      await field.fill("Nobody Atall");
      await page.keyboard.press("Enter");
      const told = row.locator(".cellform .err");
      await told.waitFor();
      if (/94 controls/.test(await told.innerText())) throw new Error("the cell says what the page is about, and not what is wrong");
      if (!/422/.test(faults.splice(0).join())) throw new Error("it was not refused");
      await field.fill("PER-0003");
      await page.keyboard.press("Enter");
      await toast(page, "A.5.1 is saved");
      await row.getByText("Amir Sato").waitFor();
    },
  },
  {
    name: "the ISMS manager begins a version, changes rows of it in their place by keyboard, and takes one back",
    run: async ({ open, station }) => {
      const window = await open({ role: "IsmsManager" }), { page, go } = window;
      await go("/soa");
      await page.getByRole("button", { name: "Begin a new version" }).click();
      await page.waitForURL(/version=SOA-/);
      await page.locator(".draftbar", { hasText: "holds 0 changes" }).waitFor();
      await station(window, "a draft");
      await go("/soa");
      const row = page.locator("#A\\.8\\.13"), value = field => row.locator(`[data-f="${field}"]`);

      // Enter opens, Esc leaves with nothing changed and the focus back.
      await value("justification").focus();
      await page.keyboard.press("Enter");
      await row.locator("textarea").fill("Never to be saved");
      await station(window, "a cell that is open");
      await page.keyboard.press("Escape");
      if (!(await value("justification").evaluate(e => e === document.activeElement))) throw new Error("Esc does not give the focus back");
      if (await row.getByText("Never to be saved").count()) throw new Error("Esc saves");

      // Enter saves; the row is marked as changed and the draft counts it.
      await page.keyboard.press("Enter");
      await row.locator("textarea").fill("Copies lie in two places and are restored every quarter.");
      await page.keyboard.press("Enter");
      await toast(page, "A.8.13 is saved");
      await page.locator("#A\\.8\\.13.chg", { hasText: "Copies lie in two places" }).waitFor();
      await page.locator(".draftbar", { hasText: "holds 1 change that" }).waitFor();
      if (!(await value("justification").evaluate(e => e === document.activeElement))) throw new Error("the focus is lost after saving");

      // Arrow keys move between cells; Tab saves and goes on.
      await page.keyboard.press("ArrowDown");
      if (!(await page.locator("#A\\.8\\.14").evaluate(e => e.contains(document.activeElement)))) throw new Error("the arrow does not lead to the next row");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowLeft");
      if (!(await row.evaluate(e => e.contains(document.activeElement)))) throw new Error("the arrow leaves the row");
      await value("implementation").focus();
      await page.keyboard.press("Enter");
      const was = await row.locator("select").inputValue();
      await row.locator("select").selectOption(was === "partial" ? "implemented" : "partial");
      await page.keyboard.press("Tab");
      await row.locator("select").waitFor({ state: "detached" });
      if (await page.evaluate(() => document.activeElement === document.body)) throw new Error("Tab leaves the focus nowhere");

      // The switch flips, and Undo takes it back.
      const box = row.locator("input.switch"), on = await box.isChecked();
      await box.click();
      await page.locator("#toasts .toast").last().getByRole("button", { name: "Undo" }).click();
      await page.waitForFunction(on => document.querySelector("#A\\.8\\.13 input.switch")?.checked === on, on);
      await station(window, "changed rows");

      await go("/soa?state=changed");
      if ((await page.locator("#soa tbody tr:not(.grp)").count()) !== 1) throw new Error("not just the changed row is shown");
      await page.locator(".draftbar a.planb").first().click();
      await page.getByRole("heading", { level: 1 }).waitFor();
      await station(window, "sending the draft");
    },
  },
  {
    name: "a row of the statement is changed on a phone without script",
    run: async ({ open }) => {
      const { page, go } = await open({ role: "IsmsManager", size: "phone", script: false });
      await go("/soa");
      await page.locator("#A\\.5\\.7 [data-f=justification]").click();
      await page.locator("textarea[name=justification]").fill("Reports of the national office are read every week.");
      await page.getByRole("button", { name: "Save the row" }).click();
      await page.locator("#A\\.5\\.7", { hasText: "Reports of the national office" }).waitFor();
    },
  },
];
