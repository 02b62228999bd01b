// Pictures of every page for the documentation: light, dark and on a phone, from the demo's company. In few colours, so that
// the repository stays small.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { here } from "../build.mjs";
import { launch, open, ready, serve } from "../test/server.mjs";
import { table } from "./table.mjs";

const MOST = 200_000;
const SHOTS = [["overview", "/"], ["campaigns", "/campaigns"], ["campaign", "/campaigns/1"], ["analytics", "/analytics?by=platform&by=month&range=last_365_days"], ["plans", "/plans"], ["imports", "/imports"], ["import", "/imports/1"], ["alerts", "/alerts"], ["sources", "/sources"], ["status", "/status"]];
const KINDS = [["", {}], ["-dark", { colorScheme: "dark" }], ["-phone", { phone: true }]];

const folder = join(here, "../docs/screenshots");
mkdirSync(folder, { recursive: true });
const [server, browser] = await Promise.all([serve(), launch()]);
const made = [];
for (const [ending, options] of KINDS) {
  const page = await open(browser, server, { ...options, reducedMotion: "reduce" });
  for (const [name, path] of SHOTS) {
    await page.goto(path);
    await ready(page);
    const place = join(folder, `${name}${ending}.png`);
    await page.screenshot({ path: place, animations: "disabled" });
    for (const [tool, words] of [["pngquant", ["--force", "--skip-if-larger", "--output", place, place]], ["convert", [place, "-colors", "128", `PNG8:${place}`]]]) {
      if (spawnSync(tool, words, { stdio: "ignore" }).status === 0) break;
    }
    made.push([`docs/screenshots/${name}${ending}.png`, statSync(place).size]);
  }
  await page.context().close();
}
await browser.close();
await server.stop();
table(["picture", "bytes"], made);
const large = made.filter(([, bytes]) => bytes > MOST);
if (large.length) {
  console.error(`larger than ${MOST} bytes: ${large.map(([name]) => name).join(", ")}; is pngquant or ImageMagick missing?`);
  process.exit(1);
}
