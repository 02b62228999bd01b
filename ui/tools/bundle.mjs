// What the scripts weigh: every file with what is in it, who fetches it, what has changed; and what the wire says. Held against
// budgets.json. `./x bundle` writes a treemap too.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { bundle, here } from "../build.mjs";
import { executablePath } from "../test/server.mjs";
import { table } from "./table.mjs";
import { treemap } from "./treemap.mjs";
import { measure } from "./wire.mjs";

const budgets = JSON.parse(readFileSync(join(here, "budgets.json"), "utf8"));
const packed = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
/** `app-ABCDEFGH.js` is `app.js` whatever is in it. */
const plain = (name) => name.replace(/-[A-Z0-9]{8}\./, ".");

/** The compressed sizes of what is committed, by plain name; none outside a repository. */
function committed() {
  const git = (...words) => execFileSync("git", words, { cwd: here, stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 26 });
  try {
    const names = git("ls-tree", "--name-only", "HEAD", "dist/").toString().split("\n").filter(Boolean);
    return new Map(names.map((name) => [plain(name.split("/").pop()), packed(git("show", `HEAD:./${name}`))]));
  } catch {
    return new Map();
  }
}

const before = committed();
const wire = existsSync(executablePath) ? await measure() : [];
const files = (await bundle()).map(({ name, contents, made }) => ({
  name: plain(name),
  raw: Object.keys(made.inputs).reduce((sum, path) => sum + readFileSync(join(here, path)).length, 0),
  minified: contents.length,
  brotli: packed(contents),
  modules: Object.entries(made.inputs).map(([path, { bytesInOutput }]) => ({ name: path.replace(/^src\//, ""), bytes: bytesInOutput })),
  routes: wire.filter(({ scripts }) => scripts.includes(name)).map(({ route }) => route),
}));
files.sort((a, b) => b.brotli - a.brotli);

const change = ({ name, brotli }) => (before.has(name) ? (brotli === before.get(name) ? "=" : `${brotli > before.get(name) ? "+" : ""}${brotli - before.get(name)}`) : "new");
const who = ({ routes }) => (routes.length === wire.length && wire.length ? "all" : routes.join(" "));
table(
  ["file", "sources", "minified", "brotli", "change", "modules", "fetched on"],
  files.map((file) => [file.name, file.raw, file.minified, file.brotli, change(file), file.modules.map(({ name }) => name).join(" "), who(file)]),
);

const over = [];
const hold = (what, is, most) => is > most && over.push(`${what}: ${is.toLocaleString("en-GB")}, the budget is ${most.toLocaleString("en-GB")}`);
hold("what tells of visits, brotli", files.find(({ name }) => name === "vitals.js").brotli, budgets.vitals_bytes);
hold("the script of every page, brotli", files.find(({ name }) => name === "app.js").brotli, budgets.first_script_bytes);
if (wire.length) {
  console.log("\nOver the wire, compressed bytes without and (total) with heads:\n");
  table(
    ["route", "requests", "page", "script", "at rest", "total", "all used", "total"],
    wire.map(({ route, usable, rest, used }) => [route, usable.requests, usable.page, usable.script, rest.requests, rest.total, used.requests, used.total]),
  );
  for (const { route, usable, used } of wire) {
    hold(`${route}: script before it is usable`, usable.script, budgets.first_script_bytes);
    hold(`${route}: page with its styles`, usable.page, budgets.page_bytes);
    hold(`${route}: requests before it is usable`, usable.requests, budgets.requests_before_usable);
    hold(`${route}: all of it used`, used.total, budgets.route_bytes);
  }
} else {
  console.log(`\nSKIPPED: the wire, because there is no ${executablePath}`);
}

if (process.argv[2]) {
  mkdirSync(process.argv[2], { recursive: true });
  const place = join(process.argv[2], "bundle.html");
  writeFileSync(place, treemap(files));
  console.log(`\ntreemap: ${place}`);
}
if (over.length) {
  console.error(`\nOver budget:\n  ${over.join("\n  ")}`);
  process.exit(1);
}
console.log("\nWithin budget.");
