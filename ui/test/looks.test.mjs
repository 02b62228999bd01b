// Every page: accessible by the rules of WCAG 2.2 AA as axe checks them, as wide as the screen and no wider, every icon there, no error in the console.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults } from "./faults.mjs";
import { launch, open, ready, serve } from "./server.mjs";
import { unrest, watch } from "./still.mjs";

export const PAGES = ["/", "/campaigns", "/campaigns/1", "/analytics?by=platform&by=month", "/imports", "/imports/1", "/imports/1/undo", "/offline", "/plans", "/plans/1", "/plans/bulk?campaign=1&campaign=2", "/views", "/sources", "/rates", "/utm", "/imports/mappings", "/alerts", "/alerts/rules", "/alerts/rules/1", "/alerts/rules/new", "/alerts/channels", "/status", "/status/alerts", "/status/alerts/rules", "/status/alerts/rules/new", "/workspace", "/shared-links", "/people", "/tokens", "/audit", "/nothing", "/campaigns?text=nothing-like-it", "/?filter=wrong"];

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([serve(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const [name, options] of [["light", {}], ["dark", { colorScheme: "dark" }], ["phone", { phone: true }]]) {
  test(`axe finds nothing wrong, ${name}`, async () => {
    const page = await open(browser, server, options);
    for (const path of PAGES) {
      await page.goto(path);
      await ready(page);
      assert.deepEqual(await faults(page), [], path);
    }
    const unexpected = page.errors.filter((error) => !/status of 40[04]/.test(error));
    assert.deepEqual(unexpected, []);
    await page.context().close();
  });
}

test("axe finds nothing wrong in what opens over a page", async () => {
  const page = await open(browser, server);
  await page.goto("/");
  await ready(page);
  for (const key of ["Control+k", "?"]) {
    await page.keyboard.press(key);
    await page.locator("dialog[open]").waitFor();
    if (key === "Control+k") await page.locator("dialog [role=option]").first().waitFor();
    assert.deepEqual(await faults(page), [], key);
    await page.keyboard.press("Escape");
    await page.locator("dialog[open]").waitFor({ state: "detached" });
  }
});

test("a phone sees every page in its width, and can hit what it shows", async () => {
  const page = await open(browser, server, { phone: true });
  for (const path of PAGES) {
    await page.goto(path);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `${path} is ${wide} px wide`);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("main :is(button:not(.link), .button, select, summary), .top :is(button, summary, .tool, .step), .rail > :is(a, button)")]
        .filter((one) => one.checkVisibility())
        // Some have a part that is hit and not seen.
        .map((one) => [one.textContent.trim(), Math.max(one.getBoundingClientRect().height, Number.parseFloat(getComputedStyle(one, "::before").height) || 0)])
        .filter(([, height]) => height < 40),
    );
    assert.deepEqual(small, [], path);
  }
});

test("nothing moves while a page comes, and nothing at its top stands over another, at any width", async () => {
  for (const width of [390, 412, 760, 900, 1100, 1280, 1366, 1440, 1680]) {
    const page = await open(browser, server, { viewport: { width, height: 900 } });
    await watch(page);
    for (const path of ["/", "/campaigns", "/campaigns/1", "/analytics?by=platform&range=last_365_days", "/imports", "/status"]) {
      await page.goto(path);
      await ready(page);
      assert.deepEqual(await unrest(page), [], `${path} at ${width} px`);
    }
    await page.context().close();
  }
});

test("every icon is drawn", async () => {
  const page = await open(browser, server);
  let seen = 0;
  for (const path of PAGES) {
    await page.goto(path);
    const drawn = await page.evaluate(() => [...document.querySelectorAll("svg.icon")].map((icon) => icon.querySelector("path")?.getTotalLength() ?? 0));
    assert.ok(drawn.every((length) => length > 0), path);
    seen += drawn.length;
  }
  assert.ok(seen > PAGES.length, `${seen} icons`);
});

test("a phone has at most five things at its foot, and the rest behind one of them", async () => {
  const page = await open(browser, server, { phone: true });
  await page.goto("/");
  const foot = page.locator(".rail > :is(a:not(.brand), button)");
  assert.equal(await foot.filter({ visible: true }).count(), 5);
  const status = page.locator("nav.rail a", { hasText: "Status" });
  assert.ok(!(await status.isVisible()));
  await page.getByRole("button", { name: "More" }).click();
  await status.click();
  await page.locator("h1", { hasText: "Status" }).waitFor();
  const more = page.getByRole("button", { name: "More" });
  assert.ok(!(await page.locator("nav.rail a", { hasText: "Sources" }).isVisible()));
  assert.equal(await more.evaluate((button) => getComputedStyle(button).fontWeight), "600");
  assert.deepEqual(page.errors, []);
});
