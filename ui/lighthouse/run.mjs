// Lighthouse on every main page of the demo's company: medians of several runs, for a simulated slow phone and for a desktop.
// Pages take turns, so that whatever else the machine does falls on all of them alike.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { executablePath, serve } from "../test/server.mjs";
import { table } from "../tools/table.mjs";

const RUNS = Number(process.argv[2] ?? 5);
const PAGES = ["/", "/campaigns", "/campaigns/1", "/analytics?by=platform", "/imports"];
const FORMS = { phone: [], desktop: ["--preset=desktop"] };
const here = fileURLToPath(new URL(".", import.meta.url));

/** Lighthouse wants Node 22.19 or newer; where this one is older, the one that npm brought. */
function node() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath;
  const brought = join(here, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  if (existsSync(brought)) return brought;
  throw new Error("Lighthouse needs Node 22.19 or newer");
}

function run(url, form, tries = 3) {
  const folder = mkdtempSync(join(tmpdir(), "adroit-lighthouse-"));
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", `--user-data-dir=${join(folder, "profile")}`];
  const place = join(folder, "report.json");
  const words = [join(here, "node_modules/lighthouse/cli/index.js"), url, "--output=json", `--output-path=${place}`, "--quiet", `--chrome-flags=${flags.join(" ")}`, ...FORMS[form]];
  try {
    execFileSync(node(), words, { env: { ...process.env, CHROME_PATH: executablePath }, stdio: ["ignore", "ignore", "pipe"] });
    return JSON.parse(readFileSync(place, "utf8"));
  } catch (error) {
    // A busy machine makes it lose its browser now and then.
    if (tries > 1) return run(url, form, tries - 1);
    throw new Error(`lighthouse ${url}: ${String(error.stderr ?? error).slice(-500)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const server = await serve({ vitals: true });
const reports = new Map();
try {
  for (let n = 0; n < RUNS; n++) {
    for (const form of Object.keys(FORMS)) {
      for (const page of PAGES) {
        const key = `${form} ${page}`;
        reports.set(key, [...(reports.get(key) ?? []), run(`${server.address}${page}`, form)]);
      }
    }
  }
} finally {
  await server.stop();
}
const rows = [...reports].map(([key, all]) => {
  const score = (name) => Math.round(median(all.map(({ categories }) => categories[name].score)) * 100);
  const audit = (name) => Math.round(median(all.map(({ audits }) => audits[name].numericValue)));
  return [key, score("performance"), score("accessibility"), score("best-practices"), score("seo"), audit("first-contentful-paint"), audit("largest-contentful-paint"), audit("total-blocking-time"), audit("interactive"), audit("total-byte-weight")];
});
console.log(`Lighthouse, medians of ${RUNS}; times in ms, simulated\n`);
table(["page", "perf", "a11y", "best", "seo", "FCP", "LCP", "TBT", "TTI", "bytes"], rows);
