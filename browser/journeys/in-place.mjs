// A value is changed where it stands, and what was typed when a session ended is sent after signing in.
const must = (held, what) => { if (!held) throw new Error(what); };
/** Takes away what the browser says about an answer that is meant to be a refusal. */
const refused = window => { window.faults.splice(0, window.faults.length, ...window.faults.filter(fault => !/status of (401|422)/.test(fault))); };

export const journeys = [
  {
    name: "a value of a record is changed in its place, by keyboard",
    run: async ({ open, station }) => {
      const window = await open({ role: "IsmsManager" }), { page, go } = window;
      const pen = name => page.locator(`article a.pen[href*="only=${name}#"]`), form = page.locator(".inplace form");
      await go("/risks/R-0005");
      const at = page.url();
      // Esc leaves it as it was, and the focus is where it was.
      await pen("next_review").focus();
      await page.keyboard.press("Enter");
      await form.waitFor();
      await station(window, "an open value");
      await page.keyboard.press("Escape");
      must(await form.count() === 0 && await pen("next_review").evaluate(e => e === document.activeElement), "Esc leaves");
      // What is wrong is told in its place.
      await pen("next_review").click();
      await form.locator("input[type=date]").fill("2001-01-01");
      await page.keyboard.press("Enter");
      await form.locator(".err").first().waitFor();
      refused(window);
      await form.locator("input[type=date]").fill("2027-05-06");
      await page.keyboard.press("Enter");
      await page.locator("article .props", { hasText: "6 May 2027" }).waitFor();
      must(page.url() === at && await page.locator(".toast").count() > 0, "it stays on the page and says that it is saved");
      // Tab saves and goes on; the table of the levels is drawn anew.
      await pen("current_likelihood").click();
      const other = form.locator("input[type=radio]:not(:checked)").first(), chosen = await other.getAttribute("value");
      await other.check();
      await page.keyboard.press("Tab");
      await page.locator(`.rated td:has(a.pen[href*="only=current_likelihood#"])`, { hasText: chosen }).waitFor();
      must(await pen("current_impact").evaluate(e => e === document.activeElement), "Tab goes on to the next value");
      await station(window, "after saving");
    },
  },
  {
    name: "what was typed when a session ended is sent after signing in",
    run: async ({ open, station }) => {
      for (const script of [true, false]) {
        const window = await open({ role: "IsmsManager", script }), { page, context, go } = window;
        const cookies = await context.cookies(), typed = `Kept, ${script ? "with" : "without"} script`;
        await go("/risks/R-0006/edit?only=cause");
        await page.locator("[name=cause]").fill(typed);
        await context.clearCookies();
        await page.locator("main form button.primary").click();
        await page.getByRole("button", { name: "Send it now" }).waitFor();
        refused(window);
        if (script) { await page.waitForTimeout(1000); await station(window, "the session has ended"); }
        must(await page.locator("a[target=_blank]").getAttribute("href") === "/sign-in?done=again", "one signs in beside it");
        await context.addCookies(cookies);
        await page.getByRole("button", { name: "Send it now" }).click();
        await page.waitForURL(/done=saved/);
        must((await page.locator("article").textContent()).includes(typed), "it is saved");
        if (script) must(await page.evaluate(() => sessionStorage.length) === 0, "no draft is left");
      }
    },
  },
  {
    name: "a record that is referred to is made in the picker",
    run: async ({ open, station }) => {
      const window = await open({ role: "IsmsManager" }), { page, go } = window;
      await go("/risks/R-0007/edit");
      const title = page.getByLabel(/^Title/), typed = `${await title.inputValue()}, anew`;
      await title.fill(typed);
      const input = page.locator("[data-name=threats] [data-pick]");
      await input.fill("Lightning");
      await page.getByRole("option", { name: "New threat “Lightning”" }).waitFor();
      await station(window, "the picker is open");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Enter");
      await page.locator("[data-name=threats] .picked", { hasText: "Lightning" }).waitFor();
      must(await title.inputValue() === typed, "everything else stays as typed");
      await page.getByRole("button", { name: /^Remove THR-/ }).first().click();
      must(await page.locator("[data-name=threats] .picked").getByText("Lightning").count() === 1, "one is taken back, the new one stays");
    },
  },
];
