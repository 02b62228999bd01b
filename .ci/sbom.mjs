// Writes what the program is made of as CycloneDX JSON: `cargo metadata` on standard input, Cargo.lock for the digests.
// Usage: cargo metadata … | node .ci/sbom.mjs FILE DUCKDB_VERSION [DUCKDB_LIBRARY]. The same build gives the same file.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const [file, duckdbVersion, duckdbLibrary] = process.argv.slice(2);
const metadata = JSON.parse(readFileSync(0, "utf8"));
const packages = new Map(metadata.packages.map((found) => [found.id, found]));
const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The digests of Cargo.lock, by name and version. */
const digests = new Map();
for (const block of readFileSync(join(metadata.workspace_root, "Cargo.lock"), "utf8").split("[[package]]").slice(1)) {
  const field = (name) => block.match(new RegExp(`^${name} = "(.*)"$`, "m"))?.[1];
  if (field("checksum")) digests.set(`${field("name")} ${field("version")}`, field("checksum"));
}

const program = metadata.packages.find((found) => found.name === "adroit" && found.source === null);
if (!program) throw new Error("there is no package adroit in what cargo metadata says");
const ref = (found) => (found.source ? `pkg:cargo/${found.name}@${found.version}` : `adroit:${found.name}@${found.version}`);

/** What is reached from the program: by what ends up in it, or else only by what builds it. */
const reached = new Map();
const reach = (id, isInside) => {
  if (reached.get(id) || (reached.has(id) && !isInside)) return;
  reached.set(id, isInside);
  for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) {
    const is = (wanted) => kinds.some(({ kind }) => kind === wanted);
    if (is(null)) reach(pkg, isInside);
    else if (is("build")) reach(pkg, false);
  }
};
reach(program.id, true);

const component = (id) => {
  const found = packages.get(id);
  const digest = digests.get(`${found.name} ${found.version}`);
  // "MIT/Apache-2.0" is how a licence was written before there were expressions.
  const licence = found.license?.replaceAll("/", " OR ");
  return {
    type: "library",
    "bom-ref": ref(found),
    name: found.name,
    version: found.version,
    ...(found.description && { description: found.description.trim().replace(/\s+/g, " ") }),
    scope: reached.get(id) ? "required" : "excluded",
    ...(digest && { hashes: [{ alg: "SHA-256", content: digest }] }),
    ...(licence && { licenses: [{ expression: licence }] }),
    ...(found.source && { purl: ref(found) }),
    ...(found.repository && { externalReferences: [{ type: "vcs", url: found.repository }] }),
  };
};

const engine = {
  type: "library",
  "bom-ref": `pkg:github/duckdb/duckdb@v${duckdbVersion}`,
  name: "duckdb",
  version: duckdbVersion,
  description: "The engine, linked as a library",
  scope: "required",
  ...(duckdbLibrary && existsSync(duckdbLibrary) && {
    hashes: [{ alg: "SHA-256", content: sha256(readFileSync(duckdbLibrary)) }],
    properties: [{ name: "adroit:file", value: basename(duckdbLibrary) }],
  }),
  licenses: [{ expression: "MIT" }],
  purl: `pkg:github/duckdb/duckdb@v${duckdbVersion}`,
};

const order = (one, other) => (one["bom-ref"] < other["bom-ref"] ? -1 : 1);
const ids = [...reached.keys()];
const components = [...ids.filter((id) => id !== program.id).map(component), engine].sort(order);
const dependencies = ids.map((id) => {
  const found = packages.get(id);
  const own = nodes.get(id).deps.map(({ pkg }) => pkg).filter((pkg) => reached.has(pkg)).map((pkg) => ref(packages.get(pkg)));
  if (found.name === "libduckdb-sys") own.push(engine["bom-ref"]);
  return { ref: ref(found), dependsOn: [...new Set(own)].sort() };
});
const { scope: _, ...self } = component(program.id);
const bom = {
  $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: { component: { ...self, type: "application", licenses: [{ expression: "Apache-2.0 OR MIT" }] } },
  components,
  dependencies: [...dependencies, { ref: engine["bom-ref"], dependsOn: [] }].sort((one, other) => (one.ref < other.ref ? -1 : 1)),
};
// A name for exactly this content, in the form of a UUID.
const name = sha256(JSON.stringify(bom));
bom.serialNumber = `urn:uuid:${name.slice(0, 8)}-${name.slice(8, 12)}-8${name.slice(13, 16)}-a${name.slice(17, 20)}-${name.slice(20, 32)}`;
writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`);
const bare = components.filter((found) => !found.licenses).map((found) => found.name);
console.log(`${file}: ${components.length} components, ${components.filter((found) => found.scope === "required").length} of them in the program`);
if (bare.length > 0) console.log(`without a licence of their own words: ${bare.join(", ")}`);
