// A name is text, whatever is in it, on every page and in everything that scripts show.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, ready, serve } from "./server.mjs";

const HOSTILE = "<img src=x onerror=alert(1)>";
let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([serve({ empty: true }), launch()]);
  const days = ["2026-11-01", "2026-11-02", "2026-11-03"];
  const rows = days.map((day) => `${HOSTILE},${HOSTILE} group,${HOSTILE} ad,7,${day},EUR,5.00,3,100,9.00`);
  const form = new FormData();
  form.append("account", HOSTILE);
  form.append("captured_at", "2026-11-03T06:12:00Z");
  form.append("file", new Blob([`Ad report\nAll time\nCampaign,Ad group,Ad name,Ad ID,Day,Currency code,Cost,Clicks,Impr.,Conv. value\n${rows.join("\n")}\n`]), `${HOSTILE}.csv`);
  const answer = await fetch(`${server.address}/api/v1/imports`, { method: "POST", body: form });
  assert.equal(answer.status, 201, await answer.text());
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens a page on which anything that gets through is noticed. */
async function watched() {
  const page = await open(browser, server);
  page.through = [];
  page.on("dialog", (dialog) => {
    page.through.push(dialog.message());
    return dialog.dismiss();
  });
  return page;
}

test("a hostile name is text on every page", async () => {
  const page = await watched();
  let seen = 0;
  for (const path of ["/?range=all", "/campaigns?range=all", "/campaigns/1?range=all", "/analytics?range=all&by=campaign&by=account&by=ad", "/imports", "/imports/1", "/imports/1/undo", `/campaigns?range=all&text=${encodeURIComponent(HOSTILE)}`, `/campaigns?filter=${encodeURIComponent(HOSTILE)}`]) {
    await page.goto(path);
    await ready(page);
    const found = await page.evaluate((name) => ({ images: document.images.length, text: document.body.innerText.includes(name) }), HOSTILE);
    assert.equal(found.images, 0, path);
    seen += found.text;
  }
  assert.ok(seen >= 5, `the name stood on ${seen} pages only`);
  assert.deepEqual(page.through, []);
  const policy = page.errors.filter((error) => !/status of 400/.test(error));
  assert.deepEqual(policy, []);
});

test("a hostile name is text in the palette and in a chart's tip", async () => {
  const page = await watched();
  await page.goto("/?range=all");
  await ready(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("img src");
  await page.locator("dialog [role=option]", { hasText: HOSTILE }).waitFor();
  assert.equal(await page.evaluate(() => document.images.length), 0);
  await page.keyboard.press("Escape");
  assert.deepEqual(page.through, []);
  assert.deepEqual(page.errors, []);
});

test("the browser refuses what the policy forbids", async () => {
  const page = await watched();
  await page.goto("/");
  await ready(page);
  const refused = await page.evaluate(() => {
    const tries = {
      html: () => (document.createElement("p").innerHTML = "<b>x</b>"),
      parse: () => new DOMParser().parseFromString("<b>x</b>", "text/html"),
      policy: () => window.trustedTypes.createPolicy("another", { createHTML: (text) => text }),
      again: () => window.trustedTypes.createPolicy("worker", { createScriptURL: (text) => text }),
      source: () => (document.createElement("script").src = "/assets/x.js"),
    };
    return Object.entries(tries).filter(([, attempt]) => {
      try {
        attempt();
        return false;
      } catch {
        return true;
      }
    }).map(([name]) => name);
  });
  assert.deepEqual(refused.filter((name) => name !== "again"), ["html", "parse", "policy", "source"]);
  const evaluated = await page.evaluate(() => {
    const attempt = (tag, change) => {
      const made = document.createElement(tag);
      try {
        change(made);
      } catch {
        // Refused at once.
      }
      document.body.append(made);
      made.click();
    };
    attempt("button", (made) => made.setAttribute("onclick", "window.ran = 1"));
    attempt("script", (made) => (made.textContent = "window.ran = 2"));
    attempt("script", (made) => made.append("window.ran = 3"));
    return window.ran;
  });
  assert.equal(evaluated, undefined);
});
