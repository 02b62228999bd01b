// The style sheets: every page has those that it needs, and none has a rule that nothing uses.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { here } from "../build.mjs";
import { launch, open, serve } from "./server.mjs";

const PAGES = ["/", "/campaigns", "/campaigns/1", "/campaigns/580", "/campaigns?text=nothing-like-it", "/analytics?by=platform", "/analytics?by=day", "/imports", "/imports/1", "/imports/1/undo", "/imports/mappings", "/sources", "/rates", "/utm", "/shared-links", "/status", "/plans", "/plans/1", "/plans/bulk?campaign=1&campaign=2", "/alerts", "/alerts/rules", "/alerts/rules/new", "/alerts/rules/1", "/alerts/channels", "/views", "/workspace", "/people", "/tokens", "/audit", "/offline", "/nothing", "/?filter=wrong"];

/** Everything of a kind under a folder, as one text. */
function texts(folder, ending) {
  const names = readdirSync(join(here, folder), { recursive: true }).filter((name) => name.endsWith(ending));
  return names.map((name) => readFileSync(join(here, folder, name), "utf8")).join("\n");
}

const sheets = readdirSync(join(here, "dist")).filter((name) => name.endsWith(".css"));
const sheet = (name) => readFileSync(join(here, "dist", name), "utf8");

test("no rule is about a class that nothing has", () => {
  const lists = texts("../crates/web/templates", ".html").matchAll(/class="([^"]*)"/g);
  const words = new Set([...lists].flatMap(([, list]) => list.match(/[a-zA-Z][\w-]*/g) ?? []));
  // What the program makes of the number of a series, and of a bar of a chart.
  const made = /^(s\d|fill)$/;
  const unused = [];
  for (const name of sheets) {
    const selectors = sheet(name).replace(/\{[^{}]*\}/g, "{}");
    for (const [, classes] of selectors.matchAll(/\.([a-z][\w-]*)/g)) if (!words.has(classes) && !made.test(classes)) unused.push(`${name}: .${classes}`);
  }
  assert.deepEqual(unused, []);
});

test("a page has every sheet with a rule for something on it", async () => {
  const [server, browser] = await Promise.all([serve(), launch()]);
  try {
    const page = await open(browser, server);
    const others = sheets.filter((name) => !["core.css", "later.css", "door.css", "shared.css"].includes(name)).map((name) => [name, sheet(name)]);
    assert.ok(others.length > 8);
    const missed = {};
    for (const path of PAGES) {
      await page.goto(path);
      const found = await page.evaluate((others) => {
        const here = new Set([...document.querySelectorAll("style")].map((style) => style.textContent));
        // What is pointed at or opened is not so now.
        const still = (selector) => selector.replace(/::[\w-]+(\([^)]*\))?|:(hover|focus|focus-visible|checked|popover-open)(?![\w-])/g, "").replace(/:has\(\)/g, "");
        const rules = (list) => [...list].flatMap((rule) => (rule.selectorText ? [rule.selectorText] : rules(rule.cssRules ?? [])));
        // Fields in menus have their rules in the sheet that is fetched.
        const isThere = (selector, name) => [...document.querySelectorAll(still(selector))].some((e) => name !== "fields.css" || e.checkVisibility());
        const meets = (text, name) => {
          const parsed = new CSSStyleSheet();
          parsed.replaceSync(text);
          return rules(parsed.cssRules).filter((selector) => selector !== ":root" && isThere(selector, name));
        };
        return others.filter(([, text]) => !here.has(text)).flatMap(([name, text]) => meets(text, name).map((selector) => `${name}: ${selector}`));
      }, others);
      if (found.length) missed[path] = found;
    }
    assert.deepEqual(missed, {});
  } finally {
    await browser.close();
    await server.stop();
  }
});
