// The service worker. What it keeps is bounded, and gone with a new version, a change of data or a sign-out; it never
// touches a request that writes.
declare const self: ServiceWorkerGlobalScope & typeof globalThis;
// Put in by the server's build: a digest of every asset, and the addresses of the page that stands in and its script.
declare const VERSION: string;
declare const SHELL: string[];

const ASSETS = `assets-${VERSION}`;
const PAGES = `pages-${VERSION}`;
/** Pages and answers that are kept. */
const MOST = 60;
/** For so long a kept page is shown at once while it is asked for again, in ms. */
const FRESH = 10 * 60_000;

/** What has changed since it was shown from the store, by the page that shows it. */
const missed = new Map<string, string>();

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(ASSETS).then((store) => store.addAll(SHELL)));
});

self.addEventListener("activate", (event) => {
  const old = (name: string) => name !== ASSETS && name !== PAGES;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") void self.skipWaiting();
  // Something was written, or somebody signed out: what was kept may be wrong, or not this person's to see.
  if (event.data === "changed" || event.data === "forget") event.waitUntil(forget());
  // A page that listens only now asks for what it missed.
  const page = event.source as Client | null;
  const url = page && missed.get(page.id);
  if (event.data === "listening" && url) page.postMessage({ fresh: url });
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  // What is shared ends when its link does, in every browser.
  if (url.pathname.startsWith("/s/")) return;
  // What a visit was like changes nothing that is shown.
  if (url.pathname === "/api/v1/vitals") return;
  if (request.method !== "GET") return event.waitUntil(forget());
  if (url.pathname.startsWith("/assets/")) return event.respondWith(asset(request));
  const isPage = request.mode === "navigate" || request.headers.get("accept") === "text/html";
  const isAnswer = url.pathname.startsWith("/api/v1/") && request.headers.get("accept") !== "text/event-stream";
  if (isPage || isAnswer) event.respondWith(seen(event, isPage));
});

const forget = () => caches.delete(PAGES);

/** Hashed files never change: the first answer is the last. */
async function asset(request: Request): Promise<Response> {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(ASSETS)).put(request, answer.clone());
  return answer;
}

/** A page or an answer: as it was just seen, while it is asked for again; else from the server; else as it was last seen. */
async function seen(event: FetchEvent, isPage: boolean): Promise<Response> {
  const { request } = event;
  const kept = await (await caches.open(PAGES)).match(request, { ignoreVary: true });
  const isAgain = request.headers.has("x-again");
  if (kept && !isAgain && Date.now() - age(kept) < FRESH) {
    event.waitUntil(renew(event, kept.clone(), isPage).catch(() => {}));
    return kept;
  }
  try {
    return await ask(request);
  } catch (error) {
    if (kept) return asOf(kept);
    const standIn = isPage && (await caches.match("/offline"));
    if (standIn) return standIn;
    throw error;
  }
}

/** Asks the server, and keeps what it says. */
async function ask(request: Request): Promise<Response> {
  const began = Date.now();
  const answer = await fetch(request);
  const kind = answer.headers.get("content-type") ?? "";
  // Who is led elsewhere is not signed in any more.
  const isOut = answer.status === 401 || answer.type === "opaqueredirect" || answer.redirected;
  const isForgotten = isOut || answer.headers.has("clear-site-data");
  if (isForgotten) await forget();
  const isKept = /^(text\/html|application\/json)/.test(kind) && !answer.headers.has("content-disposition") && !/no-store/.test(answer.headers.get("cache-control") ?? "");
  if (answer.ok && isKept && !isForgotten) await keep(request, answer.clone(), began);
  return answer;
}

async function keep(request: Request, answer: Response, began: number) {
  const store = await caches.open(PAGES);
  const before = await store.match(request, { ignoreVary: true });
  // An answer that was overtaken by a later one is not put over it.
  if (before && age(before) > began + 1000) return;
  await store.delete(request, { ignoreVary: true });
  await store.put(request, answer);
  const keys = await store.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - MOST))) await store.delete(key);
}

/** Asks again for what was just shown from the store, and tells the page if it is different now. */
async function renew(event: FetchEvent, kept: Response, isPage: boolean) {
  const answer = await ask(event.request);
  if (!isPage || !answer.ok) return;
  const [was, is] = [kept.headers.get("etag"), answer.headers.get("etag")];
  const isSame = was && is ? was === is : (await kept.text()) === (await answer.text());
  if (isSame) return;
  const id = event.resultingClientId || event.clientId;
  if (missed.size === MOST) missed.clear();
  missed.set(id, event.request.url);
  (await self.clients.get(id))?.postMessage({ fresh: event.request.url });
}

/** When an answer was given, in ms. */
const age = (answer: Response) => Date.parse(answer.headers.get("date") ?? "") || 0;

/** The answer, saying how old it is: to a page that is loaded by its timing, to a script by a header. */
function asOf(kept: Response): Response {
  const headers = new Headers(kept.headers);
  headers.set("x-as-of", String(age(kept)));
  headers.set("server-timing", `asof;dur=${age(kept)}`);
  return new Response(kept.body, { status: kept.status, headers });
}

export {};
