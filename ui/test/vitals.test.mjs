// What a visit was like: measured as the package web-vitals measures it, sent once, small, and not by those who ask not to be followed.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { here } from "../build.mjs";
import { eventually, launch, open, ready, serve } from "./server.mjs";

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([serve({ vitals: true }), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const fetched = (page) => page.asked.some((asked) => asked.includes("/assets/vitals-"));
const metric = async (name) => {
  const text = await (await fetch(`${server.address}/metrics`)).text();
  return text.split("\n").filter((line) => line.startsWith(`adroit_${name}`)).reduce((sum, line) => sum + Number(line.split(" ").pop()), 0);
};

test("the part weighs less than 2 kB", () => {
  const dist = join(here, "dist");
  const name = readdirSync(dist).find((name) => name.startsWith("vitals-"));
  const bytes = brotliCompressSync(readFileSync(join(dist, name))).length;
  assert.ok(bytes < 2048, `${bytes} bytes`);
});

test("it finds what web-vitals finds", async () => {
  const page = await open(browser, server, { bypassCSP: true });
  const theirs = readFileSync(join(here, "node_modules/web-vitals/dist/web-vitals.iife.js"), "utf8");
  await page.addInitScript(`${theirs}
    window.theirs = {};
    for (const on of ["onLCP", "onINP", "onCLS", "onFCP", "onTTFB"]) webVitals[on](({ name, value }) => (theirs[name.toLowerCase()] = value), { reportAllChanges: true });
    navigator.sendBeacon = (url, body) => (window.ours = { url, ...JSON.parse(body) });`);
  await page.goto("/?range=all");
  await ready(page);
  await eventually("the part is fetched", () => fetched(page));
  await page.waitForTimeout(300);
  // A slow answer to a click, and a page that moves without one.
  await page.evaluate(() => {
    document.querySelector("h1").addEventListener("click", () => {
      const end = performance.now() + 120;
      while (performance.now() < end);
    });
  });
  await page.click("h1");
  await page.waitForTimeout(700);
  await page.evaluate(() => {
    const box = document.createElement("div");
    box.append("moved");
    document.querySelector("#main").prepend(box);
  });
  await page.waitForTimeout(700);
  const { ours, theirs: found } = await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    return { ours, theirs };
  });
  assert.equal(ours.url, "/api/v1/vitals");
  assert.deepEqual([ours.route, ours.device, ours.arrived], ["/", "desk", "navigate"]);
  for (const name of ["lcp", "inp", "cls", "fcp", "ttfb"]) {
    assert.ok(Math.abs(ours.vitals[name] - found[name]) <= 0.001 + found[name] * 1e-6, `${name}: ${ours.vitals[name]} instead of ${found[name]}`);
  }
  assert.ok(ours.vitals.inp >= 120 && ours.vitals.cls > 0, JSON.stringify(ours));
  assert.match(ours.places.inp, /^h1/);
  assert.ok(!JSON.stringify(ours).includes("range"), "no parameters of an address");
});

test("a visit is told when its page is left", async () => {
  const visits = await metric("vitals_visits_total");
  const page = await open(browser, server);
  await page.goto("/campaigns");
  await ready(page);
  await eventually("the part is fetched", () => fetched(page));
  await page.waitForTimeout(300);
  await page.evaluate(() => setTimeout(() => null.boom));
  const heading = page.locator("h1");
  for (let n = 0; n < 3; n++) await heading.click();
  await page.goto("about:blank");
  await eventually("it is counted", async () => (await metric("vitals_visits_total")) === visits + 1);
  assert.equal(await metric('vitals_pains_total{kind="rage-click"'), 1);
  assert.equal(await metric('errors_total{kind="script"'), 1);
  assert.equal(await metric("vitals_lcp_seconds_count"), 1);
});

test("those who ask not to be followed are not", async () => {
  for (const asks of ["Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => true })", "Object.defineProperty(navigator, 'doNotTrack', { get: () => '1' })"]) {
    const page = await open(browser, server);
    await page.addInitScript(asks);
    await page.goto("/");
    await ready(page);
    await page.waitForTimeout(2500);
    assert.ok(!fetched(page), asks);
    await page.goto("about:blank");
  }
});

test("the status page changes as the server tells", async () => {
  const page = await open(browser, server);
  await page.goto("/status");
  await ready(page);
  const before = await page.textContent("[data-live=as-of]");
  await page.waitForFunction((before) => document.querySelector("[data-live=as-of]").textContent !== before, before, { timeout: 20_000 });
  assert.deepEqual(page.errors, []);
});
