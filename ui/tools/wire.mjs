// What each page costs over the wire, in a real browser: until it can be used, until it is at rest, and after all of it was used.
import { counting, summed } from "./counting.mjs";
import { launch, ready, serve } from "../test/server.mjs";

export const ROUTES = ["/", "/campaigns", "/campaigns/1", "/analytics?by=platform", "/imports", "/imports/1", "/sources", "/rates", "/plans", "/plans/1", "/alerts", "/alerts/rules/1", "/people", "/audit", "/status"];

/** Visits every page with an empty cache. */
export async function measure() {
  const [server, browser] = await Promise.all([serve({ vitals: true }), launch()]);
  const measured = [];
  try {
    for (const route of ROUTES) measured.push(await visit(browser, server, route));
  } finally {
    await browser.close();
    await server.stop();
  }
  return measured;
}

async function visit(browser, server, route) {
  const wire = await counting(server.port);
  const context = await browser.newContext({ baseURL: wire.address, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  try {
    const answer = await page.goto(route);
    if (!answer.ok()) throw new Error(`${route} answered ${answer.status()}`);
    await ready(page);
    await page.waitForLoadState("networkidle");
    const usable = wire.seen.filter(({ path }) => !["/sw.js", "/offline"].includes(path));
    const isRegistered = () => navigator.serviceWorker.ready.then(() => true);
    await page.evaluate(isRegistered);
    await page.waitForTimeout(300);
    const rest = [...wire.seen];
    await use(page);
    await page.waitForLoadState("networkidle");
    const scripts = [...new Set(wire.seen.filter(({ kind }) => kind === "script").map(({ path }) => path.split("/").pop()))];
    return { route, usable: summed(usable), rest: summed(rest), used: summed(wire.seen), first: summed(usable.filter(({ path }) => /\/assets\/app-/.test(path))), scripts };
  } finally {
    await context.close();
    wire.close();
  }
}

/** Everything that a page offers without leading elsewhere. */
async function use(page) {
  const chart = page.locator("[data-chart] svg[data-n]").first();
  if (await chart.count()) {
    const box = await chart.boundingBox();
    await page.mouse.move(box.x + box.width / 3, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.press("Escape");
  }
  const columns = page.locator("details.columns summary").first();
  if (await columns.count()) await columns.click().then(() => columns.click());
  await page.keyboard.press("Control+k");
  await page.locator("dialog [role=option]").first().waitFor();
  await page.keyboard.type("brand");
  await page.waitForTimeout(400);
  await page.keyboard.press("Escape");
  await page.locator("body").press("?");
  await page.locator("dialog").waitFor();
  await page.keyboard.press("Escape");
}
