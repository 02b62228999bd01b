// Builds the scripts into `dist`: one entry for every page, a file for each part that is fetched on first use, the service
// worker; and the style sheets. The same sources always give the same bytes.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

export const here = fileURLToPath(new URL(".", import.meta.url));
// Where light-dark() is known, which every page needs.
const target = ["chrome123", "firefox121", "safari17.5"];

/** A style sheet without what only its reader needs. */
async function minified(path) {
  const { code } = await transform(readFileSync(path, "utf8"), { charset: "utf8", loader: "css", minify: true, target });
  return code.trim();
}

/** Style sheets of parts become minified text in their script. */
const styles = {
  name: "styles",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => ({ contents: await minified(path), loader: "text" }));
  },
};

/** The sheets of pages, which stand in the pages themselves; one may take in another. */
async function sheets() {
  const folder = join(here, "src/sheets");
  const names = readdirSync(folder).sort();
  const { outputFiles } = await build({ absWorkingDir: here, bundle: true, charset: "utf8", entryPoints: names.map((name) => join(folder, name)), legalComments: "none", logLevel: "error", minify: true, outdir: "dist", target, write: false });
  return outputFiles.map(({ path, text }) => ({ name: basename(path), contents: Buffer.from(text.trim()) }));
}

/** Builds in memory; `plugins` come before ours. */
export async function bundle(plugins = []) {
  const common = {
    absWorkingDir: here,
    bundle: true,
    charset: "utf8",
    legalComments: "none",
    logLevel: "error",
    metafile: true,
    minify: true,
    outdir: "dist",
    plugins: [...plugins, styles],
    target,
    write: false,
  };
  const pages = await build({ ...common, chunkNames: "[name]-[hash]", entryNames: "[name]-[hash]", entryPoints: ["src/app.ts"], format: "esm", splitting: true });
  const worker = await build({ ...common, entryPoints: ["src/worker/sw.ts", "src/worker/off.ts"], format: "iife" });
  const outputs = { ...pages.metafile.outputs, ...worker.metafile.outputs };
  const entry = Object.values(pages.metafile.outputs).find((output) => output.entryPoint === "src/app.ts");
  // A static import would be a second request before a page answers.
  if (entry.imports.some(({ kind }) => kind === "import-statement")) {
    throw new Error("src/app.ts and a part that is fetched on first use share a module: hand it over instead (src/page.ts)");
  }
  const files = [...pages.outputFiles, ...worker.outputFiles];
  return files.map(({ path, contents }) => ({ name: basename(path), contents, made: outputs[`dist/${basename(path)}`] }));
}

/** The files of a folder by name, each as a digest. */
function listed(folder) {
  const digest = (name) => createHash("sha256").update(readFileSync(join(folder, name))).digest("hex");
  return new Map(readdirSync(folder).sort().map((name) => [name, digest(name)]));
}

async function main() {
  const began = performance.now();
  const check = process.argv[2] === "check";
  const files = [...(await bundle()), ...(await sheets())];
  const dist = join(here, "dist");
  if (check) {
    const committed = listed(dist);
    const wrong = [];
    for (const { name, contents } of files) {
      if (committed.get(name) !== createHash("sha256").update(contents).digest("hex")) wrong.push(name);
      committed.delete(name);
    }
    wrong.push(...committed.keys());
    if (wrong.length) {
      console.error(`ui: ui/dist is not what ui/src gives (${wrong.join(", ")}); run ./x ui and commit what it changes`);
      process.exit(1);
    }
  } else {
    rmSync(dist, { recursive: true, force: true });
    mkdirSync(dist);
    for (const { name, contents } of files) writeFileSync(join(dist, name), contents);
  }
  const bytes = files.reduce((sum, { contents }) => sum + contents.length, 0);
  console.log(`ui: ${files.length} files, ${bytes} bytes, ${Math.round(performance.now() - began)} ms${check ? ", as committed" : ""}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
