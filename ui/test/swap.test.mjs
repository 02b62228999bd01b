// What a script adds: the page stays while its content changes, the keyboard reaches all of it, the figures of a chart answer.
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

async function at(path, options) {
  const page = await open(browser, server, options);
  await page.goto(path);
  await ready(page);
  await page.evaluate(() => (window.stays = true));
  return page;
}
const stays = (page) => page.evaluate(() => window.stays === true);

test("a range is swapped in: one request, focus, title, history, announcement", async () => {
  const page = await at("/");
  page.asked.length = 0;
  const link = page.locator(".quick a", { hasText: "7" }).first();
  await link.focus();
  await page.keyboard.press("Enter");
  await page.locator(".quick a[aria-current]", { hasText: "7" }).waitFor();
  assert.ok(await stays(page), "the page was loaded anew");
  assert.deepEqual(page.asked, ["GET /"]);
  assert.match(page.url(), /range=last_7_days/);
  assert.match(await page.evaluate(() => document.activeElement.textContent), /7/);
  assert.equal(await page.locator("#live").textContent(), await page.title());

  await page.locator("nav a", { hasText: "Campaigns" }).first().click();
  await page.locator("h1", { hasText: "Campaigns" }).waitFor();
  assert.match(await page.title(), /^Campaigns/);
  assert.match(page.url(), /campaigns\?range=last_7_days/);
  await page.goBack();
  await page.locator("h1", { hasText: "Overview" }).waitFor();
  await page.goForward();
  await page.locator("h1", { hasText: "Campaigns" }).waitFor();
  assert.ok(await stays(page), "the page was loaded anew");
  assert.deepEqual(page.errors, []);
});

test("the newest click wins, and an answer that can't be shown in place is loaded", async () => {
  const page = await at("/");
  await page.route(/range=last_7_days/, async (route) => {
    await new Promise((done) => setTimeout(done, 600));
    await route.continue().catch(() => {});
  });
  const choices = page.locator(".quick a");
  await choices.nth(0).click();
  await choices.nth(2).click();
  await page.locator(".quick li:nth-child(3) a[aria-current]").waitFor();
  await page.waitForTimeout(800);
  assert.doesNotMatch(page.url(), /last_7_days/);
  assert.ok(await stays(page));

  await page.route(/\/campaigns/, (route) => route.fulfill({ body: "<!doctype html><title>Other</title><p>Of another build", contentType: "text/html" }));
  await page.locator("nav a", { hasText: "Campaigns" }).first().click();
  await page.getByText("Of another build").waitFor();
  assert.ok(!(await stays(page)));
});

test("all of it by keyboard", async () => {
  const page = await at("/");
  await page.keyboard.press("Tab");
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Skip/);

  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await page.locator("h1", { hasText: "Campaigns" }).waitFor();
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("name")), "text");
  await page.keyboard.type("brand g");
  await page.keyboard.press("Enter");
  await page.waitForURL(/text=brand\+g/);
  assert.match(await page.evaluate(() => document.activeElement.value), /brand g/);
  await page.evaluate(() => document.activeElement.blur());

  await page.keyboard.press("?");
  await page.locator("dialog", { hasText: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("dialog").count(), 0);

  await page.keyboard.press("Control+k");
  await page.locator("dialog [role=option]").first().waitFor();
  await page.keyboard.type("analy");
  await page.waitForFunction(() => document.querySelectorAll("dialog [role=option]").length <= 3);
  await page.keyboard.press("Enter");
  await page.locator("h1", { hasText: "Analytics" }).waitFor();
  assert.deepEqual(page.errors, []);
});

test("a campaign is found by name and keeps the days", async () => {
  const page = await at("/?range=last_7_days");
  const name = (await page.locator("main a[href^='/campaigns/']").first().innerText()).trim();
  await page.keyboard.press("Control+k");
  await page.keyboard.type(name.slice(0, 12));
  await page.locator("dialog [role=option]", { hasText: name }).first().click();
  await page.locator("h1", { hasText: name }).waitFor();
  assert.match(page.url(), /range=last_7_days/);
});

test("the figures of a chart answer to pointer, finger and keys, as its table has them", async () => {
  const page = await at("/");
  const chart = page.locator("[data-chart]").first();
  const rows = await chart.locator("details.data tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.replace(/\s+/g, " ").trim())));
  const firstDay = await chart.locator("details.data tbody tr").first().getAttribute("data-from");
  const box = await chart.locator("svg[data-n]").boundingBox();
  await page.mouse.move(box.x + box.width - 4, box.y + box.height / 2);
  const tip = chart.locator(".tip");
  await tip.waitFor();
  const told = await tip.innerText();
  const last = rows.at(-1);
  assert.ok(told.includes(last[0]) && told.includes(last[1]), `${told} is not ${last}`);

  await page.mouse.move(0, 0);
  await tip.waitFor({ state: "hidden" });
  await chart.focus();
  await page.keyboard.press("Home");
  await tip.waitFor();
  assert.ok((await tip.innerText()).includes(rows[0][1]));
  assert.ok((await page.locator("#live").textContent()).startsWith(rows[0][0]));
  await page.keyboard.press("ArrowRight");
  assert.ok((await tip.innerText()).includes(rows[1][0]));
  await page.keyboard.press("Escape");
  await tip.waitFor({ state: "hidden" });

  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await chart.locator(".zoom button").first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/from=.*to=/);
  // The second to the fourth day of what was there.
  const days = ["from", "to"].map((name) => Date.parse(new URL(page.url()).searchParams.get(name)));
  assert.deepEqual(days.map((day) => (day - Date.parse(firstDay)) / 864e5), [1, 3]);
  assert.deepEqual(page.errors, []);

  const phone = await at("/", { phone: true });
  await phone.locator("[data-chart] svg[data-n]").first().tap();
  await phone.locator("[data-chart] .tip").first().waitFor();
});

test("the theme goes round, is remembered, and comes from the server", async () => {
  const page = await at("/");
  const button = page.locator("[data-theme-switch]");
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme ?? "auto");
  const went = [];
  for (let n = 0; n < 2; n++) {
    await button.click();
    went.push(await theme());
  }
  assert.deepEqual(went, ["light", "dark"]);
  const html = await (await page.request.get("/")).text();
  assert.match(html, /<html[^>]* data-theme="dark"/);
  await page.reload();
  assert.equal(await theme(), "dark");
});
