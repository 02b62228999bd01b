// Coming in and going out, as people do it: by a link, by what they choose, and never with what another one saw.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { faults } from "./faults.mjs";
import { eventually, launch, open, ready, serve } from "./server.mjs";
import { unrest, watch } from "./still.mjs";

let browser, server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve({ signIn: true })]);
});
after(() => Promise.all([browser?.close(), server?.stop()]));

const adroit = (...args) => {
  const done = spawnSync(server.program, [...args, "--data", server.data], { encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout.trim();
};

const clean = async (page) => assert.deepEqual(await faults(page), [], page.url());

test("a new server is set up, people are invited, and everybody gets out again", async () => {
  const page = await open(browser, server);
  await page.goto("/campaigns");
  assert.equal(new URL(page.url()).pathname, "/set-up");
  await clean(page);
  // The token is printed where the server was started, once for each start.
  const token = await server.said(/token, which counts once: (\S+)/);
  for (const [label, text] of [["Token", token], ["Your company", "Northwind"], ["Your name", "Ada"], ["Your e-mail address", "ada@example.org"], ["Password", "correct horse battery"]]) {
    await page.getByLabel(label, { exact: false }).first().fill(text);
  }
  await page.getByRole("button", { name: "Set it up" }).click();
  await page.waitForURL("/");
  await ready(page);
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByRole("heading", { name: "Account", exact: true, level: 1 }).waitFor();
  await clean(page);
  await page.goto("/people");
  await clean(page);
  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.waitForURL("/sign-in");
  await clean(page);
  await page.goto("/campaigns");
  assert.match(page.url(), /\/sign-in\?next=/);
  await page.getByLabel("E-mail address").fill("ada@example.org");
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("/campaigns");
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test("a link from the command line lets in, once, also without script and on a phone", async () => {
  const link = adroit("login-link");
  const page = await open(browser, server, { phone: true, javaScriptEnabled: false });
  await page.goto(link);
  await page.getByRole("button", { name: "Come in" }).click();
  await page.waitForURL("/");
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Overview");
  await page.goto(link);
  assert.match(await page.textContent("main"), /used already/);
  await page.context().close();
});

test("with the way to the account at its top nothing moves or overlaps either", async () => {
  const page = await open(browser, server);
  await page.goto(adroit("login-link"));
  await page.getByRole("button", { name: "Come in" }).click();
  await page.waitForURL("/");
  await watch(page);
  for (const width of [390, 900, 1280, 1366, 1680]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of ["/", "/campaigns/1", "/analytics?by=platform&range=last_365_days", "/people"]) {
      await page.goto(path);
      await ready(page);
      assert.deepEqual(await unrest(page), [], `${path} at ${width} px`);
    }
  }
  await page.context().close();
});

test("what one person saw is not there for the next", async () => {
  const page = await open(browser, server, { worker: true });
  await page.goto(adroit("login-link"));
  await page.getByRole("button", { name: "Come in" }).click();
  await page.waitForURL("/");
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.goto("/campaigns");
  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.waitForURL("/sign-in");
  const kept = await page.evaluate(async () => {
    const pages = [];
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) pages.push(new URL(request.url).pathname);
    return pages;
  });
  assert.deepEqual(kept.filter((path) => ["/", "/campaigns", "/account"].includes(path)), []);
  await server.pause();
  await page.goto("/campaigns").catch(() => undefined);
  // The worker went with what it kept: what stands there is the browser's own page.
  const seen = () => page.locator("body").innerText().catch(() => "");
  await eventually("something is shown", async () => (await seen()).trim() !== "");
  assert.ok(!/Northwind Outdoor|Campaigns/.test(await seen()), "nothing of it is shown offline");
  await server.start();
  await page.context().close();
});
