// What people come for, each with and without script: what is on the page and in the address is the same.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
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

/** Walks the same way in a browser with and in one without script; each takes so many requests. */
function journey(name, requests, walk) {
  for (const script of [true, false]) {
    test(`${name}, ${script ? "with" : "without"} script`, async () => {
      const page = await open(browser, server, { javaScriptEnabled: script });
      const go = async (path) => {
        await page.goto(path);
        if (script) await ready(page);
      };
      await walk({ page, go, script });
      assert.deepEqual(page.errors, []);
      // Every request is wanted: a new one is a decision, not an accident. Assets are counted over the wire (tools/wire.mjs).
      const asked = page.asked.filter((one) => !one.includes(" /assets/"));
      assert.equal(asked.length, requests[script ? 0 : 1], asked.join("\n"));
      await page.context().close();
    });
  }
}

const parameter = (page, name) => new URL(page.url()).searchParams.get(name);
/** Waits until the address has it; with script nothing is loaded, without there is a navigation. */
const until = (page, test) => page.waitForURL((url) => test(url));

describe("journeys", () => {
  journey("from the overview to a campaign", [5, 5], async ({ page, go }) => {
    await go("/");
    assert.equal(await page.locator("h1").innerText(), "Overview");
    const spend = () => page.locator("main .tile .value").first().innerText();
    const before = await spend();

    await page.locator(".quick a").first().click();
    await until(page, (url) => url.searchParams.get("range") === "last_7_days");
    await page.locator(".quick a[aria-current]", { hasText: "7" }).waitFor();
    await eventually("other days have other figures", async () => (await spend()) !== before);

    await page.locator(".range summary").click();
    await page.locator(".range a[href*='compare=last_year']").click();
    await until(page, (url) => url.searchParams.get("compare") === "last_year");
    assert.equal(parameter(page, "range"), "last_7_days");

    const link = page.locator("main a[href^='/campaigns/']").first();
    const name = (await link.innerText()).trim();
    await link.click();
    await until(page, (url) => url.pathname.startsWith("/campaigns/"));
    await page.locator("h1", { hasText: name }).waitFor();
    assert.equal(parameter(page, "range"), "last_7_days");
    assert.equal(parameter(page, "compare"), "last_year");

    await page.goBack();
    await until(page, (url) => url.pathname === "/");
    await page.locator("h1", { hasText: "Overview" }).waitFor();
  });

  journey("campaigns sorted, filtered, paged", [4, 4], async ({ page, go }) => {
    await go("/campaigns?limit=5");
    const first = () => page.locator("main tbody tr th").first().innerText();
    await page.locator("main thead a[href*='sort=campaign']").first().click();
    await until(page, (url) => url.searchParams.get("sort") === "campaign");
    await page.locator("main thead th[aria-sort=ascending]").waitFor();
    const top = await first();

    await page.getByRole("link", { name: /next/i }).first().click();
    await until(page, (url) => url.searchParams.has("after"));
    await eventually("the next page has other rows", async () => (await first()) !== top);

    await page.locator("main input[name=filter]").fill("platform = meta_ads");
    await page.locator("main form[role=search] button").first().click();
    await until(page, (url) => url.searchParams.get("filter") === "platform = meta_ads");
    await eventually("every row is of Meta", async () => {
      const rows = await page.locator("main tbody tr").allInnerTexts();
      return rows.length > 1 && rows.every((row) => /meta/i.test(row));
    });
    assert.equal(parameter(page, "sort"), "campaign");
  });

  journey("analytics as one wishes", [2, 2], async ({ page, go }) => {
    await go("/analytics?by=platform");
    await page.locator("input[name=metrics][value=cpm]").check();
    await page.locator("select[name=by]").nth(1).selectOption("month");
    await page.locator("main form.question button").last().click();
    await until(page, (url) => url.searchParams.getAll("by").includes("month"));
    const heads = await page.locator("main thead").last().innerText();
    assert.match(heads, /CPM/i);
    assert.match(heads, /Month/i);
    assert.ok((await page.locator("main tbody").last().locator("tr").count()) > 1);
  });

  journey("a file tried, imported, undone", [13, 11], async ({ page, go, script }) => {
    const file = join(server.folder, `tried-${script}.csv`);
    const campaign = `Tried ${script ? "with" : "without"} script`;
    writeFileSync(file, `Campaign report\n"2020-02-01 - 2020-02-01"\nCampaign,Day,Currency code,Cost,Clicks,Impr.,Conversions,Conv. value\n${campaign},2020-02-01,EUR,12.50,40,810,2.00,50.00\n`);
    await go("/imports");
    await page.locator("input[type=file]").setInputFiles(file);
    await page.locator("button[name=dry_run]").click();
    await page.getByText("Nothing was changed.").waitFor();
    await go("/imports");
    assert.equal(await page.getByText(`tried-${script}.csv`).count(), 0, "a dry run stands in the ledger");

    await page.locator("input[type=file]").setInputFiles(file);
    await page.locator("form.upload button:text-is('Import')").click();
    await until(page, (url) => /^\/imports\/\d+$/.test(url.pathname));
    await page.locator("h1", { hasText: `tried-${script}.csv` }).waitFor();
    await page.goto("/campaigns?from=2020-02-01&to=2020-02-01");
    await page.getByText(campaign).first().waitFor();
    await page.goBack();

    await page.getByRole("link", { name: /undo/i }).click();
    await until(page, (url) => url.pathname.endsWith("/undo"));
    await page.getByRole("button", { name: /undo/i }).click();
    await until(page, (url) => /^\/imports\/\d+$/.test(url.pathname));
    await page.goto("/campaigns?from=2020-02-01&to=2020-02-01");
    assert.equal(await page.getByText(campaign).count(), 0, "what was undone still counts");
  });

  journey("a file that is no report is told with a remedy", [3, 2], async ({ page, go }) => {
    const file = join(server.folder, "diary.txt");
    writeFileSync(file, "dear diary");
    await go("/imports");
    await page.locator("input[type=file]").setInputFiles(file);
    await page.locator("form.upload button:text-is('Import')").click();
    await page.getByText("This file is no report that can be imported").waitFor();
    // A status of 422 is an error in the console of every browser; it is the only one.
    page.errors = page.errors.filter((error) => !/422/.test(error));
  });

  journey("a plan made, changed, undone, deleted, brought back", [12, 12], async ({ page, go, script }) => {
    // The campaign with the least spend has no plan in the sample data; each way takes one of its own.
    await go(`/campaigns?sort=spend&range=all&limit=${script ? 1 : 2}`);
    await page.locator("main tbody th a").last().click();
    await until(page, (url) => /^\/campaigns\/\d+$/.test(url.pathname));
    const plan = page.locator("#plan");
    await plan.getByText("Make a plan").click();
    await plan.getByLabel("Monthly budget").fill("1500.50");
    await plan.getByLabel("Owner").fill("Ada");
    await plan.getByRole("button", { name: "Make the plan" }).click();
    await plan.getByText("1,500.50").first().waitFor();

    await plan.getByText("Change the plan").click();
    await plan.getByLabel("Owner").fill("Grace");
    await plan.getByRole("button", { name: "Save" }).click();
    await plan.locator("dd", { hasText: "Grace" }).waitFor();
    await plan.getByText("Changes", { exact: true }).click();
    await plan.getByRole("button", { name: "Undo change 2" }).click();
    await plan.locator("dd", { hasText: "Ada" }).waitFor();

    await plan.getByText("Change the plan").click();
    await plan.getByRole("button", { name: "Delete the plan" }).click();
    await plan.getByText("No budget, target or labels are planned.").waitFor();
    await plan.getByText("Changes", { exact: true }).click();
    await plan.getByRole("button", { name: "Undo change 4" }).click();
    await plan.locator("dd", { hasText: "Ada" }).waitFor();
  });

  journey("chosen campaigns planned as one, then not", [7, 7], async ({ page, go, script }) => {
    const label = `trial ${script}`;
    await go("/campaigns?limit=5");
    for (const n of [0, 1, 2]) await page.locator("main tbody input[type=checkbox]").nth(n).check();
    if (script) await page.getByRole("button", { name: "Plan for 3 chosen" }).waitFor();
    await page.getByRole("button", { name: /^Plan for (3 )?chosen$/ }).click();
    await page.locator("h1", { hasText: "Plan for 3 campaigns" }).waitFor();
    await page.getByLabel("Labels to add").fill(label);
    await page.getByRole("button", { name: "See what it would do" }).click();
    await page.locator("h1", { hasText: "3 plans would change" }).waitFor();
    await page.getByRole("button", { name: "Do it" }).click();
    await page.locator("h1", { hasText: "3 plans were changed" }).waitFor();
    await page.getByRole("button", { name: "Undo all of it" }).click();
    await page.locator("del", { hasText: label }).first().waitFor();
  });

  test("all campaigns of a page chosen at once, and counted", async () => {
    const page = await open(browser, server);
    await page.goto("/campaigns?limit=5");
    await ready(page);
    const [all, rows] = [page.getByLabel("Choose all on this page"), page.locator("main tbody input[type=checkbox]")];
    await all.check();
    await page.getByRole("button", { name: "Plan for 5 chosen" }).waitFor();
    assert.equal(await rows.and(page.locator(":checked")).count(), 5);
    assert.equal(await page.locator("#live").textContent(), "5 of 5 on this page chosen");
    await rows.nth(2).uncheck();
    await page.getByRole("button", { name: "Plan for 4 chosen" }).waitFor();
    assert.ok(await all.evaluate((box) => box.indeterminate && !box.checked));
    await all.check();
    await all.uncheck();
    await page.getByRole("button", { name: "Plan for chosen" }).waitFor();
    assert.equal(await rows.and(page.locator(":checked")).count(), 0);
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });

  journey("a view saved, deleted, brought back", [9, 9], async ({ page, go, script }) => {
    const name = `Meta ${script}`;
    await go("/campaigns?platform=meta_ads&sort=-roas");
    await page.getByText("Views", { exact: true }).click();
    await page.getByLabel("Save this view as").fill(name);
    await page.getByRole("button", { name: "Save" }).click();
    await until(page, (url) => url.searchParams.has("workspace"));
    await page.getByText("Views", { exact: true }).click();
    await page.getByRole("link", { name: "Rename or delete" }).click();
    await page.locator("h1", { hasText: "Saved views" }).waitFor();
    await page.getByRole("button", { name: `Delete ${name}` }).click();
    await page.getByRole("button", { name: "Bring it back" }).click();
    await page.getByRole("link", { name, exact: true }).last().click();
    await until(page, (url) => url.pathname === "/campaigns");
    assert.equal(parameter(page, "platform"), "meta_ads");
  });
});
