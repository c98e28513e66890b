// Work on risks and assets: examples from the library, a workshop of three people, rows pasted from a spreadsheet.
export const journeys = [
  {
    name: "the ISMS manager starts from examples and finds them taken afterwards",
    run: async ({ open, station }) => {
      const window = await open({ role: "IsmsManager" }), { page, go } = window;
      await go("/risks");
      await page.getByRole("button", { name: "More", exact: true }).click();
      await page.getByRole("link", { name: "Start from an example" }).click();
      await page.getByRole("heading", { level: 1, name: "Examples to start from" }).waitFor();
      await station(window, "library");
      await page.getByRole("searchbox", { name: "Find in the library" }).last().fill("mailbox");
      await page.getByRole("button", { name: "Show", exact: true }).click();
      await page.getByRole("checkbox", { name: "Mailbox taken over by phishing" }).check();
      await page.getByRole("button", { name: "Adapt what is ticked" }).click();
      await page.getByLabel("Title").fill("A mailbox of the front desk is taken over");
      await page.getByRole("combobox", { name: "Another asset" }).fill("mail");
      await page.locator(".combo-list [role=option]").first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await station(window, "adapting");
      await page.getByRole("button", { name: "Make this record" }).click();
      await page.waitForURL(/\/risks/);
      await page.getByRole("link", { name: "A mailbox of the front desk is taken over" }).first().waitFor();
      await go("/risks/library?q=mailbox");
      await page.getByText("taken", { exact: true }).first().waitFor();
      await station(window, "library with what is taken");
    },
  },
  {
    name: "three people vote in a workshop, on a phone and without script too, and what was agreed is kept",
    run: async ({ open, station }) => {
      const lead = await open({ role: "IsmsManager" });
      await lead.go("/risks/workshop");
      await station(lead, "before the workshop");
      await lead.page.getByRole("button", { name: "Begin the workshop" }).click();
      await lead.page.getByRole("button", { name: "Show the votes" }).waitFor();
      await station(lead, "screen");
      const phone = await open({ role: "RiskOwner", size: "phone" });
      await phone.go("/risks/workshop");
      await phone.page.getByRole("radio", { name: /^4/ }).first().check();
      await phone.page.getByRole("radio", { name: /^3/ }).last().check();
      await station(phone, "ballot");
      await phone.page.getByRole("button", { name: "Vote", exact: true }).click();
      await phone.page.getByText("Your vote: 4 × 3").waitFor();
      const plain = await open({ role: "ControlOwner", script: false });
      await plain.go("/risks/workshop");
      await plain.page.locator("input[name=likelihood][value='1']").check();
      await plain.page.locator("input[name=impact][value='3']").check();
      await plain.page.getByRole("button", { name: "Vote", exact: true }).click();
      // The screen counts along without being asked.
      await lead.page.locator("[data-votes]", { hasText: "2" }).waitFor({ timeout: 10_000 });
      await lead.page.getByRole("button", { name: "Show the votes" }).click();
      await lead.page.getByText("1 to 4, the middle 4").first().waitFor();
      await station(lead, "votes shown");
      await phone.page.locator(".voices").first().waitFor({ timeout: 10_000 });
      await station(phone, "votes on the phone");
      await lead.page.getByRole("button", { name: "Take it over and go on" }).click();
      await lead.page.getByText("write down what was said about it").waitFor();
      lead.faults.length = 0; // A refused form is told to the console by the browser.
      await lead.page.getByLabel(/What was said/).fill("The one case was before the second factor.");
      await lead.page.getByRole("button", { name: "Take it over and go on" }).click();
      await lead.page.locator("[data-votes]", { hasText: "0" }).waitFor();
      await lead.page.getByRole("button", { name: "End the workshop" }).click();
      await lead.page.getByText("The workshop has ended. Risks decided: 1.").waitFor();
      await lead.go("/risks/R-0001");
      await lead.page.getByText("The one case was before the second factor.").first().waitFor();
    },
  },
  {
    name: "rows of a spreadsheet are pasted, put right where they are wrong, and become assets",
    run: async ({ open, station }) => {
      const window = await open({ role: "IsmsManager" }), { page, go } = window;
      await go("/assets");
      await page.getByRole("link", { name: "Paste from a spreadsheet" }).first().click();
      await station(window, "paste");
      const rows = kind => `Name\tType\tOwner\tC\tI\tA\tDepends on\nBooking desk\t${kind}\tPER-0002\t3\t3\t4\tBooking server\nBooking server\thardware\tPER-0002\t2\t2\t2\t\n`;
      await page.getByLabel(/^Rows/).fill(rows("spaceship"));
      await page.getByRole("button", { name: "Show what becomes of it" }).click();
      await page.getByText("is none of: Information").waitFor();
      window.faults.length = 0; // A refused form is told to the console by the browser.
      await station(window, "paste with a mistake");
      await page.getByLabel(/^Rows/).fill(rows("software"));
      await page.getByRole("button", { name: "Look at it again" }).click();
      await page.getByText("Nothing is wrong with them.").waitFor();
      await station(window, "preview");
      await page.getByRole("button", { name: "Write all 2 rows" }).click();
      await page.waitForURL(/\/assets\?/);
      await page.getByRole("link", { name: "Booking desk" }).first().waitFor();
      await go("/assets/dependencies");
      await page.getByRole("combobox", { name: "Around" }).fill("booking");
      await page.locator(".combo-list [role=option]").first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Show", exact: true }).click();
      await page.locator("svg.deps").waitFor();
      await station(window, "dependencies");
    },
  },
];
