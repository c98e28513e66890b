// A passkey from its making to its end, with an authenticator that the browser itself plays: whoever has copied it, repeats what
// it once said, or answers another question, is refused.
import { found } from "../start.mjs";

const NAME = "Key on the desk";

/** The program from an empty folder at an address with a name, because passkeys belong to one, and an authenticator. */
const begun = async ({ site, open }, { remembers }) => {
  for (const part of ["base", "link"]) site[part] = site[part].replace("127.0.0.1", "localhost");
  const window = await open(), { page, context } = window;
  const tools = await context.newCDPSession(page);
  await tools.send("WebAuthn.enable");
  const { authenticatorId } = await tools.send("WebAuthn.addVirtualAuthenticator", { options: {
    protocol: "ctap2", transport: remembers ? "internal" : "usb", hasResidentKey: remembers, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  await found(site, page);
  await page.goto(`${site.base}/account`);
  await page.locator("#passkey-name").fill(NAME);
  await page.locator("[data-passkey-new] button").click();
  // What was done leaves the address again as soon as it has been told.
  await page.waitForURL(/done=passkey|account#passkeys/);
  await page.getByText(NAME).first().waitFor();
  return {
    ...window,
    /** The one key of the authenticator. */
    key: async () => (await tools.send("WebAuthn.getCredentials", { authenticatorId })).credentials[0],
    /** Another key in its place. */
    put: async credential => {
      await tools.send("WebAuthn.removeCredential", { authenticatorId, credentialId: credential.credentialId });
      await tools.send("WebAuthn.addCredential", { authenticatorId, credential });
    },
    press: async () => { await page.locator("[data-passkey] button").click(); },
    refusal: async () => { await page.locator("[data-passkey] .err:not([hidden])").waitFor(); },
  };
};

export const journeys = [
  {
    name: "a passkey is of no use to whoever repeats, forges or copies what it said",
    from: "empty",
    run: async ({ site, open, station }) => {
      const window = await begun({ site, open }, { remembers: true }), { page, context, faults, key, put, press, refusal } = window;
      await station(window, "account with a passkey");
      const out = async () => { await context.clearCookies(); await page.goto(`${site.base}/sign-in?next=/risks`); };
      let sent = null;
      page.on("request", request => { if (request.url().endsWith("/sign-in/passkey/finish")) sent = request.postData(); });
      await out();
      await press();
      await page.waitForURL(url => url.pathname === "/risks");

      // The same answer again, by somebody who has listened: at once, and to a question of their own.
      await out();
      const answered = async (what, body) => {
        const status = await page.evaluate(async body => (await fetch("/sign-in/passkey/finish", { method: "POST", headers: { "content-type": "application/json" }, body })).status, JSON.stringify(body));
        if (status < 400 || status >= 500) throw new Error(`${what} was answered ${status}`);
        if ((await context.cookies()).some(cookie => cookie.name === "attestry")) throw new Error(`${what} opened a session`);
      };
      const question = () => page.evaluate(async () => (await (await fetch("/sign-in/passkey/start", { method: "POST", headers: { "content-type": "application/json" } })).json()));
      const old = JSON.parse(sent), response = old.credential.response;
      await answered("an answer that was used", old);
      await answered("the answer to another question", { ...old, id: (await question()).id });
      const next = await question();
      const data = { ...JSON.parse(Buffer.from(response.clientDataJSON, "base64url").toString()), challenge: next.options.publicKey.challenge };
      const put_in = changed => ({ ...old, id: next.id, credential: { ...old.credential, response: { ...response, clientDataJSON: Buffer.from(JSON.stringify({ ...data, ...changed })).toString("base64url") } } });
      await answered("an answer with the question changed", put_in({}));
      await answered("an answer from another site", { ...put_in({ origin: "https://evil.example" }), id: (await question()).id });
      await answered("an answer without a credential", { id: (await question()).id });

      // A copy of the key, whose counter lags behind; and the key itself again.
      const own = await key();
      await put({ ...own, signCount: 0 });
      await out();
      await press();
      await refusal();
      if (!page.url().includes("/sign-in")) throw new Error("a copied key signed in");
      await put({ ...own, signCount: own.signCount + 10 });
      await out();
      await press();
      await page.waitForURL(url => url.pathname === "/risks");

      // It ends when it is taken away.
      await page.goto(`${site.base}/account`);
      await page.getByRole("button", { name: `Remove ${NAME}` }).click();
      await page.waitForURL(/done=passkey-removed|account#passkeys/);
      await out();
      await press();
      await refusal();
      // The browser notes each refusal that was provoked here.
      faults.splice(0, faults.length, ...faults.filter(fault => !/status of (400|403|409)/.test(fault)));
    },
  },
  {
    name: "a passkey that its device does not remember by itself confirms who somebody is",
    from: "empty",
    run: async ({ site, open, station }) => {
      const window = await begun({ site, open }, { remembers: false }), { page, key, press } = window;
      if ((await key()).isResidentCredential) throw new Error("the authenticator remembers the key by itself");
      await page.goto(`${site.base}/step-up?next=/account`);
      await station(window, "confirming with a passkey");
      await press();
      await page.waitForURL(/\/account$/);
    },
  },
];
