// What a person does on every page, by the words that stand there and not by addresses.
/** Fails with words when something does not hold. */
export const must = (held, what) => { if (!held) throw new Error(what); };

/** What the page says after something was done. */
export const says = async (page, wanted) => { await page.getByText(wanted).first().waitFor({ timeout: 15_000 }); };

/** Goes to a place of the program: by the bar below on a phone, or its menu, and by the rail on a laptop. */
export const place = async (page, name, path) => {
  const bar = page.locator("nav.bottom"), rail = page.locator("#nav");
  if (await bar.isVisible()) {
    const short = bar.getByRole("link", { name, exact: true });
    if (await short.count()) await short.click();
    else {
      await bar.getByRole("button").click();
      await rail.getByRole("link", { name }).last().click();
    }
  } else await rail.getByRole("link", { name: new RegExp(`^${name}`) }).click();
  await page.waitForURL(url => url.pathname === path);
};

/** Goes to a tab of the place. */
export const tab = async (page, name) => {
  await page.locator("nav.local").getByRole("link", { name, exact: true }).click();
  await page.waitForLoadState();
};

/** Opens what a button opens, and waits until it stands there. */
export const opened = async (page, button) => {
  await button.click();
  const open = page.locator("[popover]:popover-open");
  await open.waitFor();
  return open;
};

/** Takes one refusal out of what a window has told: the browser notes each in the console. */
export const refused = (faults, status) => {
  const at = faults.findIndex(fault => fault.includes(`status of ${status}`));
  must(at >= 0, `nothing was refused with ${status}: ${faults.join("; ")}`);
  faults.splice(at, 1);
};
