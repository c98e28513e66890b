// What the ISMS manager comes for every day, from home by links and buttons.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { must, opened, place, refused, says, tab } from "../person.mjs";

const begin = async open => {
  const window = await open({ role: "IsmsManager" });
  await window.go("/");
  return window;
};
/** The number of gaps that home tells. */
const gaps = async page => Number((await page.locator("main").innerText()).match(/(\d+) gaps are left/)[1]);

export const journeys = [
  {
    name: "the ISMS manager sees what broke, opens the gap and mends it",
    looks: "all",
    run: async ({ open, station }) => {
      const window = await begin(open), { page } = window;
      await station(window, "home");
      const before = await gaps(page);
      const told = page.getByRole("link", { name: "Supplier SUP-0007 reaches regulated personal data", exact: false }).first();
      await told.click();
      await page.getByRole("heading", { level: 1 }).waitFor();
      await station(window, "the rule that is broken");
      await page.goBack();
      await page.getByRole("link", { name: /^Change data processing agreement/ }).click();
      await page.waitForURL(/edit/);
      const signed = page.getByRole("radio", { name: "Signed", exact: true });
      must(await signed.evaluate(e => { const r = e.closest("label").getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; }), "the link does not lead to the field");
      await signed.check();
      await station(window, "the field to mend");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await says(page, "SUP-0007 is saved");
      await station(window, "mended");
      await place(page, "Home", "/");
      must(await gaps(page) === before - 1, "the gap is still counted");
    },
  },
  {
    name: "the ISMS manager rates a risk, and is told before a rating that is too good",
    looks: "all",
    run: async ({ open, station }) => {
      const window = await begin(open), { page, faults } = window;
      await place(page, "Risks", "/risks");
      await station(window, "register");
      await page.getByRole("link", { name: "Exploited remote access gateway" }).click();
      await page.getByRole("link", { name: "Rate", exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "How serious is it?" }).waitFor();
      await page.getByRole("radio", { name: /^4 Likely/ }).check();
      await page.getByLabel("Why this likelihood").fill("Seen twice this year.");
      await page.getByText("Level").first().waitFor();
      await station(window, "rating");
      await page.getByRole("button", { name: "Save the rating" }).click();
      await says(page, /lower than what the controls suggest/);
      refused(faults, 422);
      await station(window, "a rating that is refused");
      must(await page.getByLabel("Why this likelihood").inputValue() === "Seen twice this year.", "what was typed is lost");
      await page.getByLabel(/^Why lower than proposed/).fill("The gateway reaches no health data.");
      await page.getByRole("button", { name: "Save the rating" }).click();
      await says(page, /R-0003/);
      await page.getByRole("link", { name: /All \d+ versions/ }).click();
      await says(page, "What differs");
      await station(window, "history");
    },
  },
  {
    name: "the ISMS manager changes a row of the statement and sends the draft",
    looks: "all",
    run: async ({ open, station }) => {
      const window = await begin(open), { page } = window;
      await place(page, "Controls", "/soa");
      await page.getByRole("button", { name: "Begin a new version" }).click();
      await page.locator(".draftbar", { hasText: "holds 0 changes" }).waitFor();
      const row = page.locator("[id='A.8.13']");
      await row.locator("[data-f=justification]").click();
      await row.locator("textarea").fill("Copies lie in two places and are restored every quarter.");
      await station(window, "a cell that is open");
      await page.keyboard.press("Enter");
      await page.locator("#toasts").getByText("A.8.13 is saved").waitFor();
      await page.locator(".draftbar", { hasText: "holds 1 change" }).waitFor();
      await station(window, "a changed row, and the way back in a toast");
      await page.locator(".draftbar").getByRole("link", { name: "Send for approval" }).click();
      await page.getByRole("heading", { level: 1, name: /^Send for approval/ }).waitFor();
      await station(window, "sending the draft");
      await page.getByRole("button", { name: "Send for approval" }).click();
      await page.waitForURL(url => url.pathname === "/soa");
      await says(page, /in review/i);
    },
  },
  {
    name: "the ISMS manager finds a record by its words, and whatever opens on the way is as good as a page",
    looks: "all",
    run: async ({ open, station }) => {
      const window = await begin(open), { page, size } = window;
      await page.getByRole("link", { name: /Search and commands/ }).click();
      await page.getByRole("combobox").fill("medical device att");
      await page.locator("#pal-list a", { hasText: "R-0004" }).waitFor();
      await station(window, "the palette");
      await page.locator("#pal-list a", { hasText: "R-0004" }).click();
      await page.getByRole("heading", { level: 1, name: "Medical device attacked or infected" }).waitFor();
      const look = async (name, what) => {
        await opened(page, page.getByRole("button", { name }));
        await station(window, what);
        await page.keyboard.press("Escape");
      };
      await look("More actions", "what else can be done with a record");
      await look(/Tomas Weller: account/, "the account");
      if (size === "phone") await look("Menu", "the menu of a phone");
      await place(page, "Risks", "/risks");
      await look("Columns", "the choice of columns");
      await look("Risk owner", "the values of a column");
    },
  },
  {
    name: "the ISMS manager gives two assets another day, sees what it changes, and takes it back",
    looks: "all",
    run: async ({ open, station }) => {
      const window = await begin(open), { page } = window;
      await place(page, "Assets & suppliers", "/assets");
      const boxes = page.locator("tbody input[name=ref]");
      const [first] = (await boxes.first().getAttribute("value")).split(".");
      await boxes.nth(0).check();
      await boxes.nth(1).check();
      await page.locator("#bulk", { hasText: "2 selected" }).waitFor();
      await station(window, "two rows selected");
      await page.getByRole("button", { name: "Set a date" }).click();
      await page.getByRole("heading", { level: 1, name: /2 assets/ }).waitFor();
      await page.getByLabel("Which field").selectOption({ label: "Next review" });
      await page.getByLabel(/^Day/).fill("2027-02-03");
      await station(window, "the date for both");
      await page.getByRole("button", { name: "Show the effect" }).click();
      await page.getByText("3 Feb 2027").first().waitFor();
      await station(window, "what it changes");
      await page.locator("main form button.primary").last().click();
      await page.getByRole("heading", { level: 1, name: "Changed: 2 assets" }).waitFor();
      await station(window, "done, with the way back");
      await page.getByRole("button", { name: "Undo" }).click();
      await page.getByRole("heading", { level: 1, name: "Taken back: 2 assets" }).waitFor();
      await page.getByRole("link", { name: "Back to the list" }).click();
      await page.getByRole("link", { name: first, exact: true }).first().click();
      await page.getByRole("heading", { level: 1 }).waitFor();
      must((await page.locator("main dl").allInnerTexts()).every(text => !text.includes("3 Feb 2027")), "the date still stands there");
    },
  },
  {
    name: "the ISMS manager filters a list, keeps the view, and takes the list along as a file",
    looks: "all",
    run: async ({ open, station }) => {
      const window = await begin(open), { page } = window;
      await place(page, "Risks", "/risks");
      const values = await opened(page, page.getByRole("button", { name: "State", exact: true }));
      await station(window, "values of a filter");
      await values.getByRole("link", { name: /^Closed/ }).click();
      await page.waitForURL(/state=closed/);
      const keep = await opened(page, page.getByRole("button", { name: "Keep this view" }));
      await keep.getByLabel("Name of the view").fill("Closed ones");
      await station(window, "a name for the view");
      await keep.getByRole("button", { name: "Keep this view" }).click();
      const kept = page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: /Closed ones/ });
      await kept.waitFor();
      await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: /^All/ }).click();
      await kept.click();
      must(await page.locator("tbody input[name=ref]").count() === 1, "the view does not hold what was filtered");
      const files = await opened(page, page.getByRole("button", { name: "Export", exact: true }));
      await station(window, "the ways out");
      const coming = page.waitForEvent("download");
      await files.getByRole("link", { name: "CSV" }).click();
      const text = readFileSync(await (await coming).path(), "utf8");
      must(/R-0031/.test(text) && !/R-0002/.test(text), `the file does not follow the filter: ${text.slice(0, 200)}`);
    },
  },
  {
    name: "the ISMS manager drops two files on a piece of evidence and sees them under their fingerprints",
    looks: "all",
    run: async ({ open, station }) => {
      const window = await begin(open), { page } = window;
      await place(page, "Controls", "/soa");
      await tab(page, "Evidence");
      await page.getByRole("link", { name: "New", exact: true }).click();
      await page.getByLabel("Title").fill("Restore of the image archive, June");
      await page.getByLabel("Type of evidence").selectOption({ label: "Log extract" });
      await page.getByLabel("Collected on").fill("2026-06-29");
      await page.getByRole("combobox", { name: "Collected by" }).fill("petrov");
      await page.locator(".combo-list [role=option]").first().waitFor();
      await station(window, "new evidence, and who is offered as its collector");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByLabel("Source").fill("backup server");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "Restore of the image archive, June" }).waitFor();
      const form = page.locator("form[data-upload]"), files = { "restore.log": "28 Jun 03:12 restored 1204 studies\n".repeat(4000), "photo.txt": "the shelf with the tapes\n" };
      // The progress is seen while it goes on, however quick the machine is.
      await page.evaluate(() => {
        const bar = document.querySelector("form[data-upload] progress");
        globalThis.seen = [];
        new MutationObserver(() => globalThis.seen.push(bar.hidden ? "hidden" : "shown")).observe(bar, { attributes: true });
        addEventListener("pagehide", () => sessionStorage.setItem("seen", globalThis.seen.join()));
      });
      const transfer = await page.evaluateHandle(files => {
        const data = new DataTransfer();
        for (const [name, text] of Object.entries(files)) data.items.add(new File([text], name, { type: "text/plain" }));
        return data;
      }, files);
      await form.dispatchEvent("dragover", { dataTransfer: transfer });
      must(await form.evaluate(e => e.classList.contains("over")), "nothing shows that files can be dropped here");
      await station(window, "files over the place to drop them");
      await form.dispatchEvent("drop", { dataTransfer: transfer });
      for (const [name, text] of Object.entries(files)) {
        await page.getByRole("link", { name }).first().waitFor();
        const hash = createHash("sha256").update(text).digest("hex");
        const shown = (await page.locator("main").innerText()).replace(/\s/g, "");
        must(shown.includes(hash.slice(0, 8)) || await page.locator(`[title*='${hash}'], [href*='${hash}']`).count(), `the fingerprint of ${name} is not shown`);
      }
      must(/shown/.test(await page.evaluate(() => sessionStorage.getItem("seen") ?? "")), "no progress was shown");
      await station(window, "two files attached");
    },
  },
  {
    name: "the ISMS manager looks at a day in the past and comes back",
    looks: "all",
    run: async ({ open, station }) => {
      const window = await begin(open), { page } = window;
      const dates = await opened(page, page.getByRole("button", { name: /Show the state on another date/ }));
      await station(window, "the choice of a date");
      await dates.getByLabel(/Show everything as it was on/).fill("2026-05-10");
      await dates.getByRole("button", { name: "Go to this date" }).click();
      await page.locator(".pastbar", { hasText: "10 May 2026" }).waitFor();
      await station(window, "the past");
      await place(page, "Risks", "/risks");
      await page.locator(".pastbar").waitFor();
      must(!await page.getByRole("link", { name: "New", exact: true }).count(), "something can be made in the past");
      await page.getByRole("link", { name: "Ransomware in the clinic network" }).click();
      await page.getByRole("heading", { level: 1, name: "Ransomware in the clinic network" }).waitFor();
      must(!await page.getByRole("link", { name: /^(Edit|Rate)/ }).count(), "a record can be changed in the past");
      await station(window, "a record in the past");
      await page.getByRole("link", { name: "Back to now" }).click();
      await page.getByRole("link", { name: "Edit", exact: true }).waitFor();
      must(!/asof/.test(page.url()) && page.url().includes("R-0002"), "the way back leads elsewhere");
    },
  },
];
