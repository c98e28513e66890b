// Passkeys with the browser's virtual authenticator: one is registered, signs in, and signs what its owner agrees to, so that a
// verifier of somebody else's can check it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** A Python that can verify, if there is one. */
const python = () => [process.env.ATTESTRY_VERIFIER_PYTHON, join(homedir(), ".cache/attestry-verifier/bin/python"), "python3"]
  .find(one => { try { execFileSync(one, ["-c", "import cryptography"], { stdio: "ignore" }); return true; } catch { return false; } });

const text = (page, wanted) => page.getByText(wanted).first().waitFor({ timeout: 10_000 });

export const journeys = [
  {
    name: "a risk owner registers a passkey, signs a decision with it, signs in with it, and the signature verifies offline",
    run: async ({ site, open, station }) => {
      // Passkeys belong to a name, and an address has none.
      site.base = site.base.replace("127.0.0.1", "localhost");
      const window = await open({ role: "RiskOwner" }), { page, context, go } = window;
      const tools = await context.newCDPSession(page);
      await tools.send("WebAuthn.enable");
      const { authenticatorId } = await tools.send("WebAuthn.addVirtualAuthenticator", { options: {
        protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });

      await go("/account");
      await page.getByRole("textbox", { name: "Name", exact: false }).first().waitFor();
      await page.locator("#passkey-name").fill("My laptop");
      await page.getByRole("button", { name: /add a passkey/i }).click();
      await page.waitForURL(/done=passkey|account#passkeys|account$/);
      await text(page, "My laptop");
      await text(page, "Key, as signatures name it:");
      await station(window, "account with a passkey");
      const { credentials } = await tools.send("WebAuthn.getCredentials", { authenticatorId });
      if (credentials.length !== 1) throw new Error(`the authenticator holds ${credentials.length} passkeys`);

      // A decision on a risk that this person owns, put forward and then signed.
      const person = site.cookies.RiskOwner.person;
      await go(`/risks?risk_owner=${person}`);
      const risk = (await page.locator("tbody th a.t").first().getAttribute("href")).match(/R-\d+/)[0];
      await go(`/treatment-decisions/new?risk=${risk}&option=accept&title=Carry%20it&rationale=It%20is%20small.`);
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "Carry it" }).waitFor();
      const path = new URL(page.url()).pathname;
      await go(`${path}/step/proposed`);
      await page.locator("form.recform button.primary").last().click();
      await page.waitForURL(url => url.pathname === path);
      await go(`${path}/sign`);
      await station(window, "what is signed");
      await page.getByRole("checkbox").check();
      await page.getByRole("button", { name: "Sign with a passkey" }).click();
      await page.waitForURL(url => url.pathname === path);
      await text(page, "the signature holds");
      await station(window, "signed");

      // Out, and in again with the passkey alone.
      await page.getByRole("button", { name: new RegExp("Account|" + person, "i") }).first().click().catch(() => {});
      await page.locator("form[action='/sign-out'] button").first().evaluate(b => b.form.requestSubmit());
      await page.waitForURL(/sign-in|\/$/);
      await page.goto(`${site.base}/work`);
      await page.waitForURL(/sign-in/);
      await page.getByRole("button", { name: /passkey/i }).click();
      await page.waitForURL(url => url.pathname === "/work");
      await station(window, "in again");

      // The proof of the approval, checked by a program that knows nothing of ours.
      await go(path);
      const approval = (await page.locator("#s-approvals").locator("xpath=ancestor::section").getByText(/APR-\d+/).first().textContent()).match(/APR-\d+/)[0];
      const answer = await context.request.get(`${site.base}/approvals/${approval}/proof/1`);
      if (!answer.ok()) throw new Error(`the proof: ${answer.status()}`);
      const proof = await answer.json();
      const verifier = python();
      if (!verifier) { console.log("      (not checked by verifier/verify.py: no Python with the package cryptography)"); return; }
      const folder = mkdtempSync(join(tmpdir(), "attestry-proof-"));
      const file = (name, content) => { const at = join(folder, name); writeFileSync(at, content); return at; };
      const put = (disclosure, name) => {
        const arguments_ = [new URL("../../verifier/verify.py", import.meta.url).pathname, "consent", file("vkey", proof.vkey), proof.vkey.split("+")[0],
          file("proof", proof.tlog_proof), file("leaf", Buffer.from(proof.leaf_base64, "base64")), file(name, disclosure)];
        try { return execFileSync(verifier, arguments_, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }); } catch (error) { return error.stdout; }
      };
      const values = JSON.stringify(proof.disclosure);
      const good = put(values, "values");
      if (!good.startsWith("verified:") || !good.includes(`${person} signed approved of ${path.split("/").at(-1)}`) || !good.includes(site.base)) throw new Error(`verify.py says: ${good}`);
      const bad = put(values.replace(/"hash\\":\\"../, "\"hash\\\":\\\"00"), "changed");
      if (!bad.startsWith("NOT verified:")) throw new Error(`verify.py is deceived: ${bad}`);
    },
  },
];
