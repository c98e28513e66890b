// From nothing to an organisation with somebody in it.
import { LOGIN, PASSWORD, found } from "../start.mjs";

export const journeys = [
  {
    name: "the first start makes an organisation and its first administrator",
    from: "empty",
    run: async ({ site, open, station }) => {
      const window = await open(), { page } = window;
      await found(site, page, () => station(window, "first start"));
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
      await page.getByLabel(/e-mail/i).first().fill(LOGIN);
      await page.getByLabel(/password/i).first().fill("not the password at all");
      await page.getByRole("button", { name: /^sign in$/i }).click();
      await page.getByRole("alert").first().waitFor();
      window.faults.length = 0;
      await page.getByLabel(/e-mail/i).first().fill(LOGIN);
      await page.getByLabel(/password/i).first().fill(PASSWORD);
      await page.getByRole("button", { name: /^sign in$/i }).click();
      await page.waitForURL(/\/risks/);
      await page.getByRole("heading", { level: 1, name: "Risks" }).waitFor();
    },
  },
];
