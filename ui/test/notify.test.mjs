// New alerts told by the browser: only for who asked for it, each once, on any page, and no more after it was ended.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, launch, open, ready, serve } from "./server.mjs";

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([serve(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** The server looks at its rules every half minute. */
async function withinAMinute(what, test) {
  for (let tries = 0; tries < 120; tries++) {
    if (await test()) return;
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error(`after a minute still not so: ${what}`);
}

/** A rule of the server that fires: no page takes less than a millisecond to be made. */
const makeRule = (name) =>
  fetch(`${server.address}/api/v1/status/alert-rules`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, condition: { kind: "latency", route: "/campaigns", above_millis: 1, minutes: 60, least: 1 } }),
  });
const firing = async () => (await (await fetch(`${server.address}/api/v1/status/alerts?state=firing`)).json()).alerts.map(({ title }) => title);

/** A page whose browser allows notifications and writes them down, and waits a tenth of a second where it would half a minute. */
async function visit(path, permission = "granted") {
  const page = await open(browser, server);
  await page.addInitScript((permission) => {
    window.shown = [];
    window.Notification = class {
      static requestPermission = async () => permission;
      constructor(title, options) {
        window.shown.push({ title, ...options });
      }
      close() {}
    };
    const wait = window.setTimeout;
    window.setTimeout = (then, millis, ...rest) => wait(then, millis === 30_000 ? 100 : millis, ...rest);
  }, permission);
  await page.goto(path);
  await ready(page);
  return page;
}

test("new alerts are told once, on any page, until that is ended", async () => {
  const page = await visit("/status/alerts");
  const button = page.locator("[data-notify]");
  await button.waitFor();
  assert.equal(await button.textContent(), "Tell me of new alerts in this browser");
  await button.click();
  await eventually("it is on", async () => (await button.getAttribute("aria-pressed")) === "true");
  await page.goto("/campaigns");
  await ready(page);
  await makeRule("Slower than light");
  // The demo's sources may be told of as well.
  const shown = () => page.evaluate(() => window.shown.filter(({ title }) => title === "Slower than light"));
  await withinAMinute("the page tells of it", async () => (await shown()).length > 0);
  await page.waitForTimeout(500);
  const [alert, ...more] = await shown();
  assert.equal(more.length, 0);
  assert.match(alert.body, /campaigns/);

  await page.goto("/status/alerts");
  await ready(page);
  await button.click();
  await eventually("it is off", async () => (await button.getAttribute("aria-pressed")) === "false");
  assert.equal(await page.evaluate(() => localStorage["adroit-told"]), undefined);
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test("a browser that does not allow it says so and asks for nothing", async () => {
  const page = await visit("/alerts", "denied");
  const button = page.locator("[data-notify]");
  await button.click();
  await eventually("it says so", async () => (await button.textContent()).includes("does not allow it"));
  const before = page.asked.length;
  await page.waitForTimeout(500);
  assert.equal(page.asked.slice(before).filter((asked) => asked.includes("/api/v1/alerts")).length, 0);
  await page.context().close();
});

test("nobody who did not ask is told, and the part is not fetched", async () => {
  const page = await visit("/campaigns");
  await page.waitForTimeout(500);
  assert.equal(page.asked.some((asked) => asked.includes("/assets/notify-")), false);
  await makeRule("Another");
  await withinAMinute("it fires", async () => (await firing()).includes("Another"));
  assert.deepEqual(await page.evaluate(() => window.shown), []);
  await page.context().close();
});
