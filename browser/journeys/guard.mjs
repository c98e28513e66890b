// What was typed is not lost by leaving: a form with a draft brings it back, another makes the browser ask.
const ASKS = "dialog beforeunload: ";

/** Goes away by a link of the page; answers whether the browser asked. The window of a visit stays where it is then. */
const leaves = async ({ page, faults }, link) => {
  const before = page.url();
  await link.click({ noWaitAfter: true });
  await Promise.race([page.waitForURL(url => url.href !== before, { waitUntil: "load" }), new Promise(done => { setTimeout(done, 1500); })]);
  const asked = faults.filter(fault => fault === ASKS).length;
  faults.splice(0, faults.length, ...faults.filter(fault => fault !== ASKS));
  if (asked !== (page.url() === before ? 1 : 0)) throw new Error(`asked ${asked} times and is at ${page.url()}`);
  return asked === 1;
};
const must = (held, what) => { if (!held) throw new Error(what); };

export const journeys = [
  {
    name: "the browser asks before a form is left in which something was typed",
    run: async ({ open }) => {
      const window = await open({ role: "IsmsManager" }), { page, go } = window;
      const away = page.locator("nav a[href='/documents']").first();
      await go("/risks/R-0003/rate");
      must(!await leaves(window, away), "it asks though nothing was typed");
      await go("/risks/R-0003/rate");
      const reason = page.locator("[name=likelihood_reason]"), was = await reason.inputValue();
      await reason.fill("Seen twice this year.");
      must(await leaves(window, away), "it does not ask");
      must(await reason.inputValue() === "Seen twice this year.", "what was typed is lost");
      // What is again as it was is no change.
      await reason.fill(was);
      must(!await leaves(window, away), "it asks though all is as it was");
      // A choice counts as well, and saving is no leaving.
      await go("/risks/R-0003/rate");
      const level = page.locator("input[name=current_likelihood]:not(:checked)").first(), chosen = await level.getAttribute("value");
      await page.locator(`input[name=current_likelihood][value='${chosen}']`).check();
      must(await leaves(window, away), "it does not ask about a choice");
      // What the server gave back because something is missing is saved nowhere.
      await page.getByRole("button", { name: "Save the rating" }).click();
      await page.locator("form .err, [data-toast-now]").first().waitFor();
      if (await page.locator("form .err").count()) {
        must(await leaves(window, away), "what came back is left without a question");
        await page.locator("[name=why]").fill("It was seen twice.");
        await page.getByRole("button", { name: "Save the rating" }).click();
      }
      await page.waitForURL(/done=|R-0003$/);
      must(!window.faults.includes(ASKS), "it asks about what is being saved");
      window.faults.splice(0);
      // A step, with its way back that gives it up.
      await go("/risks/R-0003/void");
      await page.locator("[name=_reason]").fill("It stands here twice.");
      must(await leaves(window, away), "a reason is left without a question");
      must(!await leaves(window, page.locator("a[data-forget]")), "giving it up is asked about");
    },
  },
  {
    name: "a record's form keeps what was typed in the tab, and offers it again",
    run: async ({ open }) => {
      const window = await open({ role: "IsmsManager" }), { page, go } = window;
      await go("/risks/R-0004/edit");
      const title = page.getByLabel(/^Title/), was = await title.inputValue();
      await title.fill("Half a thought");
      must(!await leaves(window, page.locator("nav a[href='/documents']").first()), "it asks though it keeps a draft");
      await go("/risks/R-0004/edit");
      must(await title.inputValue() === "Half a thought", "the draft is not offered");
      await page.getByRole("button", { name: /discard/i }).click();
      await page.waitForFunction(was => document.querySelector("[name=title]")?.value === was, was);
      // A tab that falls over and is loaded again.
      await title.fill("Another thought");
      await page.waitForFunction(() => Object.values(sessionStorage).some(kept => kept.includes("Another thought")));
      await page.reload();
      must(await title.inputValue() === "Another thought", "the draft is lost with the page");
      // Without room for a draft the browser asks.
      await page.evaluate(() => { Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }; });
      await title.fill("A third thought");
      await page.waitForSelector("form[data-draft][data-guard]");
      must(await leaves(window, page.locator("nav a[href='/documents']").first()), "nothing is kept and nobody is asked");
    },
  },
];
