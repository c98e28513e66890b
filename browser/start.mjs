// The program itself from an empty folder, as somebody meets it who has just built it.
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Starts `attestry serve` in an empty folder; answers its address, the link of the first start, and an end. */
export const fresh = async () => {
  const program = process.env.ATTESTRY;
  if (!program) throw new Error("ATTESTRY names the program; scripts/browser sets it");
  const data = mkdtempSync(join(tmpdir(), "attestry-"));
  const child = spawn(program, ["--data", data, "serve", "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "ignore"] });
  const { base, link } = await new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error(`the program did not start: ${text}`)), 30_000);
    child.on("exit", code => { clearTimeout(timer); reject(new Error(`the program ended with ${code}: ${text}`)); });
    child.stdout.on("data", chunk => {
      text += chunk;
      const base = text.match(/Attestry is at (http:\/\/\S+)/), link = text.match(/(http:\/\/\S+\/first-start\?link=\S+)/);
      if (base && link) { clearTimeout(timer); resolve({ base: base[1], link: link[1] }); }
    });
  });
  return { base, link, cookies: {}, end: () => new Promise(done => { child.removeAllListeners("exit"); child.on("exit", done); child.kill("SIGTERM"); }) };
};

export const LOGIN = "anna@nordwind.example", PASSWORD = "seven green lorries wait";

/** Founds an organisation by the link of the first start; its administrator is then signed in. `before` looks at the empty form. */
export const found = async (site, page, before = () => {}) => {
  await page.goto(site.link);
  await before();
  await page.getByLabel("Your organisation").fill("Nordwind Logistics");
  await page.getByLabel("Your name").fill("Anna Weber");
  await page.getByLabel(/e-mail/).fill(LOGIN);
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Start" }).click();
  await page.waitForURL(/\/setup/);
};
