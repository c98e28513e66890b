// A passkey from its making to its end, with an authenticator that the browser itself plays.
export const journeys = [
  {
    name: "a passkey is made, signs in, confirms, and is of no use to whoever repeats, copies or turns it back",
    from: "empty",
    run: async ({ site, open, station }) => {
      // A passkey belongs to a name; an address of numbers has none.
      for (const part of ["base", "link"]) site[part] = site[part].replace("127.0.0.1", "localhost");
      const window = await open(), { page, context } = window;
      const authenticator = await context.newCDPSession(page);
      await authenticator.send("WebAuthn.enable");
      const { authenticatorId } = await authenticator.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
      await page.goto(site.link);
      await page.getByLabel("Your organisation").fill("Nordwind Logistics");
      await page.getByLabel("Your name").fill("Anna Weber");
      await page.getByLabel(/e-mail/).fill("anna@nordwind.example");
      await page.getByLabel("New password").fill("seven green lorries wait");
      await page.getByRole("button", { name: "Start" }).click();
      await page.waitForURL(/\/setup/);

      await page.goto(`${site.base}/account`);
      await page.locator("#passkey-name").fill("Key on the desk");
      await page.locator("[data-passkey-new] button").click();
      await page.waitForURL(/done=passkey/);
      await page.getByText("Key on the desk").first().waitFor();
      await station(window, "account with a passkey");

      const out = async () => { await page.context().clearCookies(); await page.goto(`${site.base}/sign-in?next=/risks`); };
      const enter = async () => { await page.locator("[data-passkey] button").click(); };
      let sent = null;
      page.on("request", request => { if (request.url().endsWith("/sign-in/passkey/finish")) sent = request.postData(); });
      await out();
      await enter();
      await page.waitForURL(/\/risks/);
      const again = body => page.evaluate(async body => (await fetch("/sign-in/passkey/finish", { method: "POST", headers: { "content-type": "application/json" }, body })).status, body);
      const refused = async (what, body) => { const status = await again(body); if (status < 400 || status >= 500) throw new Error(`${what} was answered ${status}`); };
      await refused("an answer that was used", sent);

      // A fresh question, and an answer that belongs to another one, another site, or nobody.
      await out();
      const { id } = await page.evaluate(async () => (await fetch("/sign-in/passkey/start", { method: "POST", headers: { "content-type": "application/json" } })).json());
      const old = JSON.parse(sent);
      await refused("the answer to another question", JSON.stringify({ ...old, id }));
      const data = JSON.parse(Buffer.from(old.credential.response.clientDataJSON, "base64url").toString());
      const forged = Buffer.from(JSON.stringify({ ...data, origin: "https://evil.example" })).toString("base64url");
      await refused("an answer from another site", JSON.stringify({ ...old, id, credential: { ...old.credential, response: { ...old.credential.response, clientDataJSON: forged } } }));
      await refused("an answer without a credential", JSON.stringify({ id }));

      // A copy of the key, whose counter lags behind.
      const { credentials } = await authenticator.send("WebAuthn.getCredentials", { authenticatorId });
      const [key] = credentials;
      await authenticator.send("WebAuthn.removeCredential", { authenticatorId, credentialId: key.credentialId });
      await authenticator.send("WebAuthn.addCredential", { authenticatorId, credential: { ...key, signCount: 0 } });
      await out();
      await enter();
      await page.locator("[data-passkey] .err:not([hidden])").waitFor();
      if (!page.url().includes("/sign-in")) throw new Error("a copied key signed in");
      await authenticator.send("WebAuthn.removeCredential", { authenticatorId, credentialId: key.credentialId });
      await authenticator.send("WebAuthn.addCredential", { authenticatorId, credential: { ...key, signCount: key.signCount + 10 } });
      window.faults.length = 0;
      await out();
      await enter();
      await page.waitForURL(/\/risks/);

      // It confirms what counts, and ends when it is taken away.
      await page.goto(`${site.base}/step-up?next=/account`);
      await page.locator("[data-passkey] button").click();
      await page.waitForURL(/\/account/);
      await page.getByRole("button", { name: "Remove Key on the desk" }).click();
      await page.waitForURL(/done=passkey-removed/);
      await out();
      await enter();
      await page.locator("[data-passkey] .err:not([hidden])").waitFor();
      window.faults.length = 0;
    },
  },
];
