// From nothing to an organisation with somebody in it.
export const journeys = [
  {
    name: "the first start makes an organisation and its first administrator",
    from: "empty",
    run: async ({ site, open, station }) => {
      const window = await open(), { page } = window;
      await page.goto(site.link);
      await station(window, "first start");
      await page.getByLabel("Your organisation").fill("Nordwind Logistics");
      await page.getByLabel("Your name").fill("Anna Weber");
      await page.getByLabel(/e-mail/).fill("anna@nordwind.example");
      await page.getByLabel("New password").fill("seven green lorries wait");
      await page.getByRole("button", { name: "Start" }).click();
      await page.waitForURL(/\/setup/);
      await station(window, "choice of the beginning");

      // The link works once.
      const second = await open();
      await second.page.goto(site.link);
      if (!second.page.url().endsWith("/sign-in")) throw new Error(`the link worked twice: ${second.page.url()}`);
      second.faults.length = 0;

      // Out and in again, first with a wrong password.
      await page.goto(site.base + "/");
      await page.getByRole("button", { name: /Anna Weber/ }).click();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.goto(site.base + "/risks");
      await page.waitForURL(/sign-in/);
      await station(window, "sign-in");
      await page.getByLabel(/e-mail/i).first().fill("anna@nordwind.example");
      await page.getByLabel(/password/i).first().fill("not the password at all");
      await page.getByRole("button", { name: /^sign in$/i }).click();
      await page.getByRole("alert").first().waitFor();
      window.faults.length = 0;
      await page.getByLabel(/e-mail/i).first().fill("anna@nordwind.example");
      await page.getByLabel(/password/i).first().fill("seven green lorries wait");
      await page.getByRole("button", { name: /^sign in$/i }).click();
      await page.waitForURL(/\/risks/);
      await page.getByRole("heading", { level: 1, name: "Risks" }).waitFor();
    },
  },
];
