// Every page: accessible by the rules of WCAG 2.2 AA as axe checks them, as wide as the screen and no wider, every icon there, no error in the console.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch, open, ready, serve } from "./server.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const PAGES = ["/", "/campaigns", "/campaigns/1", "/analytics?by=platform&by=month", "/imports", "/imports/1", "/imports/1/undo", "/offline", "/plans", "/plans/1", "/plans/bulk?campaign=1&campaign=2", "/views", "/campaigns?text=nothing-like-it", "/?filter=wrong"];

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([serve(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** What axe finds wrong on the page as it is now. */
async function faults(page) {
  // As the inspector does, so that the page's own policy stays as it is.
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe });
  const { result } = await session.send("Runtime.evaluate", {
    expression: `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).slice(0, 3).join(" | "))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  return JSON.parse(result.value);
}

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
  }
});

test("every icon that is used is there, and every icon that is there is used", async () => {
  const page = await open(browser, server);
  const there = new Set();
  const used = new Set();
  for (const path of PAGES) {
    await page.goto(path);
    const found = await page.evaluate(() => ({ there: [...document.querySelectorAll("symbol[id]")].map(({ id }) => id), used: [...document.querySelectorAll("use")].map((use) => use.getAttribute("href").slice(1)) }));
    for (const id of found.used) assert.ok(found.there.includes(id), `${path}: there is no icon ${id}`);
    found.there.forEach((id) => there.add(id));
    found.used.forEach((id) => used.add(id));
  }
  assert.deepEqual([...there].filter((id) => !used.has(id)), []);
});
