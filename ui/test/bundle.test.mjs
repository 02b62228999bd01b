// The bundle leaves out what nobody uses, and shares nothing between the entry and what is fetched later.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { test } from "node:test";
import { bundle, here } from "../build.mjs";

test("exports that nobody uses are left out of every module", async () => {
  // What is imported on first use is imported as a whole: the next test is for those.
  const whole = new Set((await bundle()).flatMap(({ made }) => made.entryPoint ?? []));
  let marked = 0;
  const canary = {
    name: "canary",
    setup(build) {
      build.onLoad({ filter: /src\/.*\.ts$/ }, ({ path }) => {
        if (whole.has(relative(here, path))) return;
        marked++;
        const dead = `\nexport function canary() { return "TREE_SHAKE_CANARY " + document.title; }\nexport const bird = ["TREE_SHAKE_CANARY"];\n`;
        return { contents: readFileSync(path, "utf8") + dead, loader: "ts" };
      });
    },
  };
  const [plain, tainted] = [await bundle(), await bundle([canary])];
  const text = (files) => files.map(({ contents }) => Buffer.from(contents).toString()).join("\n");
  assert.ok(marked > 8, `${marked} modules were marked`);
  assert.ok(text(tainted).length > 10_000);
  assert.ok(!text(tainted).includes("TREE_SHAKE_CANARY"), "dead code is in the bundle");
  assert.equal(tainted.length, plain.length);
});

test("a part that is fetched on first use exports what is called of it and nothing else", async () => {
  const parts = (await bundle()).filter(({ name, made }) => made.entryPoint && made.exports.length && !name.startsWith("app-"));
  assert.ok(parts.length >= 6);
  const sources = readdirSync(join(here, "src")).filter((name) => name.endsWith(".ts")).map((name) => readFileSync(join(here, "src", name), "utf8")).join("\n");
  for (const { name, made } of parts) {
    const module = basename(made.entryPoint, ".ts");
    const called = [...sources.matchAll(new RegExp(`import\\("\\./${module}"\\), \\(m\\) => [^;]*?m\\.(\\w+)\\(`, "g"))].map(([, called]) => called);
    assert.deepEqual(made.exports.toSorted(), [...new Set(called)].sort(), name);
  }
});

test("the same sources give the same bytes", async () => {
  const names = (files) => files.map(({ name, contents }) => `${name} ${Buffer.from(contents).toString("base64").length}`).sort();
  assert.deepEqual(names(await bundle()), names(await bundle()));
});

test("no part takes HTML, runs text or leaves this site", async () => {
  for (const { name, contents } of await bundle()) {
    const text = Buffer.from(contents).toString();
    for (const sink of [/\.(inner|outer)HTML/, /insertAdjacentHTML/, /document\.write/, /\beval\(/, /new Function/, /parseFromString/, /createContextualFragment/, /https?:\/\//]) {
      assert.doesNotMatch(text, sink, name);
    }
  }
});
