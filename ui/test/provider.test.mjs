// Coming in by an identity provider: a real one, on this machine, as companies run it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import Provider from "oidc-provider";
import { faults } from "./faults.mjs";
import { launch, open, ready, serve } from "./server.mjs";

const SECRET = "a secret: with % in it";
const folder = mkdtempSync(join(tmpdir(), "adroit-oidc-"));
const place = createServer();
let browser, server, issuer;

before(async () => {
  await new Promise((done) => place.listen(0, "127.0.0.1", done));
  issuer = `http://127.0.0.1:${place.address().port}`;
  const secret = join(folder, "secret");
  writeFileSync(secret, `${SECRET}\n`);
  const args = ["--oidc-issuer", issuer, "--oidc-client-id", "adroit", "--oidc-client-secret-file", secret, "--oidc-name", "Northwind Id", "--oidc-allow-private"];
  [browser, server] = await Promise.all([launch(), serve({ signIn: true, args })]);
  const provider = new Provider(issuer, {
    clients: [{ client_id: "adroit", client_secret: SECRET, redirect_uris: [`${server.address}/sign-in/provider/back`] }],
    claims: { email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["of this test"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: id !== "mallory", name: `The ${id}` }) }),
    pkce: { required: () => true },
  });
  place.on("request", provider.callback());
});
after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
  place.close();
  place.closeAllConnections();
  rmSync(folder, { recursive: true });
});

/** Goes to the provider and through its own pages as somebody. */
async function comeAs(page, name) {
  await page.goto("/sign-in?next=/campaigns");
  await page.getByRole("link", { name: "Sign in with Northwind Id" }).click();
  await page.getByPlaceholder("Enter any login").fill(name);
  await page.locator("input[name=password]").fill("anything");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL((url) => url.origin === server.address);
}

/** A browser in which the provider's pages fetch nothing from elsewhere. */
async function fresh() {
  const page = await open(browser, server);
  await page.route("https://fonts.googleapis.com/**", (route) => route.abort());
  return page;
}

test("who has an account here comes in by the provider, and takes that away again", async () => {
  const page = await fresh();
  const token = await server.said(/token, which counts once: (\S+)/);
  await page.goto("/set-up");
  for (const [label, text] of [["Token", token], ["Your company", "Northwind"], ["Your name", "Ada"], ["Your e-mail address", "ada@example.org"], ["Password", "correct horse battery"]]) {
    await page.getByLabel(label, { exact: false }).first().fill(text);
  }
  await page.getByRole("button", { name: "Set it up" }).click();
  await page.waitForURL("/");
  await page.context().close();

  const again = await fresh();
  await again.goto("/sign-in");
  assert.deepEqual(await faults(again), []);
  await comeAs(again, "ada");
  assert.equal(new URL(again.url()).pathname, "/campaigns");
  await again.goto("/account");
  await ready(again);
  assert.deepEqual(await faults(again), []);
  assert.match(await again.getByRole("region", { name: "Identity provider" }).innerText(), /Northwind Id\s+as ada@example\.org/);
  await again.getByRole("button", { name: "Take it away: Northwind Id" }).click();
  await again.getByText("The account at the identity provider was taken away.").waitFor();
  await again.context().close();
});

test("who is not here, or whose address nobody vouches for, does not come in", async () => {
  for (const [name, said] of [["eve", /not invited/], ["mallory", /does not say that your e-mail address is yours/]]) {
    const page = await fresh();
    await comeAs(page, name);
    assert.match(await page.getByRole("alert").innerText(), said);
    // The provider's own are kept under the same host: browsers tell no ports apart.
    const kept = (await page.context().cookies(server.address)).filter(({ name }) => name.startsWith("adroit"));
    assert.deepEqual(kept, [], "nothing of it is kept");
    await page.context().close();
  }
});

test("who is invited comes in by the provider without choosing a password, on a phone without script", async () => {
  const ada = await fresh();
  await comeAs(ada, "ada");
  await ada.goto("/people");
  await ada.getByLabel("E-mail address").fill("bob@example.org");
  await ada.getByRole("button", { name: "Invite" }).click();
  await ada.context().close();

  const page = await open(browser, server, { phone: true, javaScriptEnabled: false });
  await page.route("https://fonts.googleapis.com/**", (route) => route.abort());
  await comeAs(page, "bob");
  await page.goto("/account");
  assert.match(await page.textContent("main"), /The bob/);
  await page.context().close();
});
