// Pictures of every page for the documentation: light, dark and on a phone, from the demo's company. In few colours, so that
// the repository stays small. `./x screenshots NAME...` makes only those whose name contains one of the words.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { here } from "../build.mjs";
import { launch, open, ready, serve } from "../test/server.mjs";
import { table } from "./table.mjs";

const MOST = 200_000;
const KINDS = [["", {}], ["-dark", { colorScheme: "dark" }], ["-phone", { phone: true }]];
const UNKNOWN = Buffer.from(`Kampanj;Dag;Visn;Klick;Kostn (SEK)\n${Array.from({ length: 20 }, (_, at) => `Höst ${at % 4};2026-11-${String(1 + at).padStart(2, "0")};${1200 + 7 * at};${30 + at};${(240.5 + at).toFixed(2)}`).join("\n")}\n`);

// A name, an address, and what is done there before the picture is taken.
const PAGES = [
  ["overview", "/"],
  ["campaigns", "/campaigns"],
  ["campaign", "/campaigns/1"],
  ["analytics", "/analytics?by=platform&by=month&range=last_365_days"],
  ["plans", "/plans"],
  ["plan", "/plans/1", (page) => page.getByText("Change the plan").click()],
  ["plan-bulk", "/plans/bulk?campaign=1&campaign=2"],
  ["imports", "/imports"],
  ["import", "/imports/1"],
  ["import-undo", "/imports/1/undo"],
  ["mapping", "/imports", explained],
  ["mappings", "/imports/mappings"],
  ["sources", "/sources"],
  ["tracking", "/utm"],
  ["rates", "/rates", (page) => page.locator("details.fold summary").first().click()],
  ["alerts", "/alerts"],
  ["alert-rules", "/alerts/rules"],
  ["alert-rule", "/alerts/rules/1"],
  ["alert-channels", "/alerts/channels"],
  ["status", "/status"],
  ["status-alerts", "/status/alerts"],
  ["status-rule", "/status/alerts/rules/new"],
  ["status-public", "/status/public"],
  ["views", "/views"],
  ["settings", "/workspace"],
  ["audit", "/audit"],
  ["offline", "/offline"],
  ["not-found", "/nothing"],
  ["days", "/", (page) => page.locator(".range summary").click()],
  ["columns", "/campaigns", (page) => page.locator(".columns summary").click()],
  ["search", "/", searched],
  ["keys", "/", (page) => page.keyboard.press("?").then(() => page.locator("dialog[open]").waitFor())],
];
// Where people sign in: before anybody did, as somebody, and for who has no account.
const SET_UP = [["set-up", "/set-up"]];
const SIGNED_IN = [["people", "/people"], ["tokens", "/tokens"], ["shared-links", "/shared-links"], ["account", "/account"], ["second-factor", "/account/second-factor"]];
const OUTSIDE = [["sign-in", "/sign-in"], ["forgotten", "/sign-in/forgotten"], ["invitation-over", "/invitations/adk_over"]];

async function searched(page) {
  await page.keyboard.press("Control+k");
  await page.keyboard.type("head");
  await page.locator("dialog [role=option]", { hasText: "Headlamps" }).first().waitFor();
}

/** A table that is not recognised, and the page that asks what its columns are. */
async function explained(page) {
  await page.locator("#file").setInputFiles({ name: "kampanjer.csv", mimeType: "text/csv", buffer: UNKNOWN });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("link", { name: "Say what the columns are" }).click();
  await page.getByRole("heading", { name: "What the columns are" }).waitFor();
}

const folder = join(here, "../docs/screenshots");
mkdirSync(folder, { recursive: true });
const words = process.argv.slice(2);
const made = [];

async function shoot(browser, server, shots, more = {}) {
  const wanted = shots.filter(([name]) => !words.length || words.some((word) => name.includes(word)));
  for (const [ending, options] of wanted.length ? KINDS : []) {
    const page = await open(browser, server, { ...options, ...more, reducedMotion: "reduce" });
    for (const [name, path, act] of wanted) {
      await page.goto(path);
      // The pages in front of everything have no script.
      if (await page.locator("nav.rail").count()) await ready(page);
      await act?.(page);
      await take(page, `${name}${ending}.png`);
    }
    await page.context().close();
  }
}

async function take(page, name) {
  const place = join(folder, name);
  await page.screenshot({ path: place, animations: "disabled" });
  for (const [tool, words] of [["pngquant", ["--force", "--skip-if-larger", "--output", place, place]], ["convert", [place, "-colors", "128", `PNG8:${place}`]]]) {
    if (spawnSync(tool, words, { stdio: "ignore" }).status === 0) break;
  }
  made.push([`docs/screenshots/${name}`, statSync(place).size]);
}

/** Sets the server up; what the browser then has. */
async function signIn(browser, server) {
  const page = await open(browser, server);
  await page.goto("/set-up");
  const token = await server.said(/token, which counts once: (\S+)/);
  for (const [name, text] of [["token", token], ["organisation", "Northwind Outdoor"], ["name", "Mara"], ["email", "mara@example.org"], ["password", "correct horse battery"]]) {
    await page.locator(`[name=${name}]`).fill(text);
  }
  await page.getByRole("button", { name: "Set it up" }).click();
  await page.waitForURL("/");
  await page.goto("/people");
  await page.getByLabel("E-mail address").fill("jonas@example.org");
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByText("is invited").waitFor();
  await page.goto("/tokens");
  await page.locator(".decide [name=name]").fill("Nightly import");
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByText("was made").waitFor();
  const state = await page.context().storageState();
  const shared = await share(page, server);
  await page.context().close();
  return [state, shared];
}

/** Shares the overview; where. */
async function share(page, server) {
  await page.goto("/");
  await page.getByRole("link", { name: "Share" }).click();
  await page.locator(".decide [name=name]").fill("Monthly call");
  await page.getByRole("button", { name: "Make the link" }).click();
  const link = page.locator("main code", { hasText: "/s/" }).first();
  return new URL((await link.textContent()).trim(), server.address).pathname;
}

const [server, browser] = await Promise.all([serve({ args: ["--public-status"] }), launch()]);
await shoot(browser, server, PAGES);
await server.stop();
if (!words.length || [...SET_UP, ...SIGNED_IN, ...OUTSIDE, ["shared"]].some(([name]) => words.some((word) => name.includes(word)))) {
  const door = await serve({ signIn: true });
  await shoot(browser, door, SET_UP);
  const [storageState, shared] = await signIn(browser, door);
  await shoot(browser, door, SIGNED_IN, { storageState });
  await shoot(browser, door, [...OUTSIDE, ["shared", shared]]);
  await door.stop();
}
await browser.close();
table(["picture", "bytes"], made);
const large = made.filter(([, bytes]) => bytes > MOST);
if (large.length) {
  console.error(`larger than ${MOST} bytes: ${large.map(([name]) => name).join(", ")}; is pngquant or ImageMagick missing?`);
  process.exit(1);
}
