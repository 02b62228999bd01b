// Passkeys in a real browser, whose own authenticator makes and uses them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults } from "./faults.mjs";
import { launch, open, ready, serve } from "./server.mjs";

let browser, server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve({ signIn: true })]);
  // Passkeys are bound to a name.
  server.address = server.address.replace("127.0.0.1", "localhost");
});
after(() => Promise.all([browser?.close(), server?.stop()]));

/** A page with an authenticator of its own; says what it has. */
async function withAuthenticator(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  return {
    keys: async () => (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    verifies: (isUserVerified) => devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
  };
}

test("a passkey is added, lets in without a password, and is taken away", async () => {
  const page = await open(browser, server);
  const authenticator = await withAuthenticator(page);
  const token = await server.said(/token, which counts once: (\S+)/);
  await page.goto("/set-up");
  for (const [label, text] of [["Token", token], ["Your company", "Northwind"], ["Your name", "Ada"], ["Your e-mail address", "ada@example.org"], ["Password", "correct horse battery"]]) {
    await page.getByLabel(label, { exact: false }).first().fill(text);
  }
  await page.getByRole("button", { name: "Set it up" }).click();
  await page.waitForURL("/");

  await page.goto("/account");
  await ready(page);
  await page.getByRole("link", { name: "Add a passkey" }).click();
  await page.waitForURL("/account/passkeys");
  await page.getByLabel("What you call it").fill("Laptop");
  await page.getByLabel("Your password").fill("correct horse battery");
  assert.deepEqual(await faults(page), []);
  await page.getByRole("button", { name: "Add it" }).click();
  await page.getByText("The passkey was added").waitFor();
  assert.equal((await authenticator.keys()).length, 1);
  assert.deepEqual(await faults(page), []);

  // The device has one for her: it makes no other.
  await page.goto("/account/passkeys");
  await page.getByLabel("What you call it").fill("Again");
  await page.getByLabel("Your password").fill("correct horse battery");
  await page.getByRole("button", { name: "Add it" }).click();
  await page.getByText("has a passkey for you already").waitFor();
  assert.equal((await authenticator.keys()).length, 1);

  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.waitForURL("/sign-in");
  page.asked.length = 0;
  await page.goto("/sign-in?next=/campaigns");
  await page.getByRole("button", { name: "Use a passkey" }).waitFor();
  assert.deepEqual(await faults(page), []);
  assert.equal(page.asked.length, 2, `the page and one script: ${page.asked}`);
  // Whom the device does not verify stays out, and is told so.
  await authenticator.verifies(false);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.getByText("No passkey was used.").waitFor();
  await authenticator.verifies(true);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.waitForURL("/campaigns");

  await page.goto("/account");
  await ready(page);
  const own = page.getByRole("region", { name: "Passkeys" });
  assert.match(await own.innerText(), /Laptop\s+for localhost, .*last used/);
  await own.getByText("Take it away").first().click();
  await own.getByLabel("Your password").fill("correct horse battery");
  await own.getByRole("button", { name: "Take it away" }).click();
  await page.getByText("The passkey was taken away.").waitFor();
  assert.deepEqual(page.errors.filter((error) => !/NotAllowedError|InvalidStateError/.test(error)), []);

  // The device still has it, and it is nobody's.
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.waitForURL("/sign-in");
  await page.getByRole("button", { name: "Use a passkey" }).click();
  assert.match(await page.locator("p.wrong[role=alert]").innerText(), /not known here/);
  await page.context().close();
});

test("without script, and under a number, the page is what it was", async () => {
  const page = await open(browser, server, { javaScriptEnabled: false });
  await page.goto("/sign-in");
  assert.equal(await page.getByRole("button", { name: "Use a passkey" }).isVisible(), false);
  assert.ok(await page.getByRole("button", { name: "Sign in" }).isVisible());
  await page.goto(`${server.address.replace("localhost", "127.0.0.1")}/sign-in`);
  assert.equal(await page.locator("[data-passkey]").count(), 0);
  await page.context().close();
});
