// Without a connection: what was seen stays and says how old it is; a write is never answered from what is kept; a new version
// asks before it takes over; all that is kept goes when it must.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, ready, serve } from "./server.mjs";

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([serve(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A page whose service worker is at work. */
async function kept() {
  const page = await open(browser, server, { worker: true });
  await page.goto("/");
  await ready(page);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  return page;
}

const stored = (page) => page.evaluate(async () => {
  const names = await caches.keys();
  const pages = names.find((name) => name.startsWith("pages-"));
  const keys = pages ? await (await caches.open(pages)).keys() : [];
  return { names, pages: keys.map(({ url }) => new URL(url).pathname + new URL(url).search) };
});

test("offline and back", async () => {
  const page = await kept();
  await page.goto("/campaigns");
  await ready(page);
  await page.goto("/");
  const spend = await page.locator("main .tile .value").first().innerText();
  await server.pause();

  await page.goto("/campaigns");
  assert.equal(await page.locator("h1").innerText(), "Campaigns");
  await page.goto("/");
  assert.equal(await page.locator("main .tile .value").first().innerText(), spend);

  await page.goto("/analytics?by=account");
  await page.locator("h1", { hasText: "Offline" }).waitFor();
  await page.locator("[data-seen] a", { hasText: "Campaigns" }).waitFor();

  await server.start();
  // By itself, at the address that was asked for.
  await page.locator("h1", { hasText: "Analytics" }).waitFor({ timeout: 40_000 });
  assert.equal(new URL(page.url()).searchParams.get("by"), "account");
  const unexpected = page.errors.filter((error) => !/ERR_CONNECTION|Failed to (fetch|load)|status of 5|ERR_FAILED/.test(error));
  assert.deepEqual(unexpected, []);
  await page.context().close();
});

test("what is shown from the store is renewed behind, and a write empties it", async () => {
  const page = await kept();
  await page.goto("/campaigns");
  await ready(page);
  assert.ok((await stored(page)).pages.includes("/campaigns"));
  const answer = await page.evaluate(() => {
    const form = new FormData();
    form.append("dry_run", "true");
    form.append("file", new Blob(["dear diary"]), "diary.txt");
    return fetch("/api/v1/imports", { method: "POST", body: form }).then((answer) => answer.status);
  });
  assert.equal(answer, 422);
  await page.waitForFunction(async () => !(await caches.keys()).some((name) => name.startsWith("pages-")));
  await page.goto("/campaigns");
  await ready(page);
  await page.evaluate(() => navigator.serviceWorker.controller.postMessage("forget"));
  await page.waitForFunction(async () => !(await caches.keys()).some((name) => name.startsWith("pages-")));
  await page.context().close();
});

test("what is kept is bounded", async () => {
  const page = await kept();
  await page.evaluate(async () => {
    for (let n = 0; n < 75; n++) await fetch(`/api/v1/search?q=bound${n}`);
  });
  const { pages } = await stored(page);
  assert.ok(pages.length <= 60 && pages.length > 40, `${pages.length} are kept`);
  assert.ok(pages.includes("/api/v1/search?q=bound74"));
  await page.context().close();
});

test("switched off, it takes itself and all it kept away", async () => {
  const page = await kept();
  await server.pause();
  await server.start(["--no-service-worker"]);
  await page.evaluate(() => navigator.serviceWorker.getRegistration().then((registration) => registration.update()));
  await page.waitForFunction(async () => (await caches.keys()).length === 0 && !(await navigator.serviceWorker.getRegistration()), undefined, { timeout: 20_000 });
  await server.pause();
  await server.start();
  await page.context().close();
});
