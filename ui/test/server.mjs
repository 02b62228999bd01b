// A whole server on demo data, and browsers to visit it with.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const built = process.env.CARGO_TARGET_DIR ?? join(homedir(), ".cache/adroit-target");
const program = process.env.ADROIT ?? join(built, "release/adroit");
export const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Serves a data folder of its own, filled with the demo's company unless `empty`; visits are told of, and people sign in, only if
 * that is wished. */
export async function serve({ empty = false, vitals = false, signIn = false, args = [] } = {}) {
  if (!existsSync(program)) throw new Error(`${program} is not there: run ./x build`);
  const folder = mkdtempSync(join(tmpdir(), "adroit-ui-"));
  const data = join(folder, "data");
  if (!empty) cpSync(filled(), data, { recursive: true });
  const server = { data, folder, program };
  server.port = await freePort();
  server.address = `http://127.0.0.1:${server.port}`;
  let printed = "";
  /** What the server printed, by the first group of a pattern. */
  server.said = async (pattern) => {
    await eventually(`the server prints ${pattern}`, () => pattern.test(printed));
    return printed.match(pattern)[1];
  };
  server.start = async (more = []) => {
    const child = spawn(program, ["serve", "--data", data, "--bind", `127.0.0.1:${server.port}`, ...(vitals ? [] : ["--no-vitals"]), ...(signIn ? [] : ["--open"]), ...args, ...more], { stdio: ["ignore", "pipe", "ignore"] });
    server.child = child;
    child.stdout.setEncoding("utf8").on("data", (text) => (printed += text));
    for (let tries = 0; tries < 300; tries++) {
      if (child.exitCode !== null) throw new Error(`adroit serve ended with code ${child.exitCode}`);
      const ready = await fetch(`${server.address}/readyz`).then((answer) => answer.ok, () => false);
      if (ready) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error("adroit serve was not ready after 30 s");
  };
  server.pause = async () => {
    const ended = once(server.child, "exit");
    server.child.kill("SIGTERM");
    await ended;
  };
  server.stop = async () => {
    if (server.child.exitCode === null) await server.pause();
    rmSync(folder, { recursive: true, force: true });
  };
  await server.start();
  return server;
}

/** The demo's data, made once by each build of the program. */
function filled() {
  const place = join(built, `ui-demo-${Math.floor(statSync(program).mtimeMs)}`);
  if (existsSync(place)) return place;
  for (const old of readdirSync(built).filter((name) => name.startsWith("ui-demo-"))) rmSync(join(built, old), { recursive: true });
  const scratch = mkdtempSync(join(built, "ui-demo-"));
  const made = spawnSync(program, ["demo", "--no-serve", "--data", join(scratch, "data")], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`adroit demo: ${made.stderr}`);
  renameSync(join(scratch, "data"), place);
  rmSync(scratch, { recursive: true });
  return place;
}

function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.on("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** Starts the browser. */
export const launch = () => chromium.launch({ executablePath, args: flags });

/** Opens a page that notes every error, and what it asked for; with a service worker only if that is wished. */
export async function open(browser, server, { phone = false, worker = false, ...options } = {}) {
  const viewport = phone ? { width: 390, height: 844 } : { width: 1280, height: 900 };
  const context = await browser.newContext({ baseURL: server.address, viewport, hasTouch: phone, isMobile: phone, ...options });
  // Without it every answer is the server's.
  if (!worker) await context.addInitScript(() => delete Navigator.prototype.serviceWorker);
  const page = await context.newPage();
  page.errors = [];
  page.asked = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.errors.push(message.text()));
  page.on("pageerror", (error) => page.errors.push(String(error)));
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    // When a browser fetches the icon of its tab is its own affair.
    if (!pathname.startsWith("/assets/icon-")) page.asked.push(`${request.method()} ${pathname}`);
  });
  return page;
}

/** Asks again until it is so. */
export async function eventually(what, test) {
  for (let tries = 0; tries < 200; tries++) {
    if (await test()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`after 10 s still not so: ${what}`);
}

/** Waits until the page's script listens. */
export const ready = (page) => page.waitForFunction(() => document.documentElement.dataset.script !== undefined);
