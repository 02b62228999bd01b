// What a visit was like for the reader: the Core Web Vitals as web-vitals defines them (a test holds them against it; the
// package alone is larger than all of this may be), and what went wrong. Sent once, when the page is left. No cookie, no address with
// names, no text of the page.
type Place = Element | null | undefined;
type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources?: { node?: Node }[] };
type Act = PerformanceEventTiming & { interactionId: number };

const vitals: Record<string, number> = {};
const places: Record<string, string> = {};
const pains: (string | number | undefined)[][] = [];
const errors: [message: string, file: string, line: number, column: number][] = [];

const MOST = 8;

/** Which part of the page: its tag and panel, never its text. */
const where = (node: Place) => {
  const panel = node?.closest?.<HTMLElement>("[data-panel],[data-part],form")
  return node?.tagName ? (node.tagName + (panel ? "@" + (panel.dataset.panel ?? panel.dataset.part ?? "form") : "")).toLowerCase() : "";
};
const pattern = (path: string) => path.replace(/\/\d+(?=\/|$)/g, "/{id}");
const pain = (kind: string, place: string, value?: number) => pains.length < MOST && pains.push([kind, place, value]);
const now = () => performance.now();

function observe(type: string, each: (entry: any) => void, more?: object) {
  try {
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(each));
    observer.observe({ type, buffered: true, ...more });
    ends.push(() => observer.takeRecords().forEach(each));
  } catch {
    // A browser that does not measure it.
  }
}

const ends: (() => void)[] = [];

function measure() {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (navigation) vitals.ttfb = navigation.responseStart;
  let begun = Infinity;
  const end = () => (begun = Math.min(begun, now()));
  for (const type of ["keydown", "click"]) addEventListener(type, end, { capture: true, once: true });
  observe("paint", (entry) => entry.name[6] == "c" && (vitals.fcp = entry.startTime));
  observe("largest-contentful-paint", (entry) => {
    if (entry.startTime > begun) return;
    vitals.lcp = entry.startTime;
    places.lcp = where(entry.element);
  });
  // The worst window: shifts less than 1 s apart, 5 s long at most.
  let sum = 0, first = 0, last = 0;
  vitals.cls = 0;
  observe("layout-shift", ({ startTime, value, hadRecentInput, sources }: Shift) => {
    if (hadRecentInput) return;
    if (!sum || startTime - last > 1000 || startTime - first > 5000) (sum = 0), (first = startTime);
    (last = startTime), (sum += value);
    if (sum > vitals.cls!) (vitals.cls = sum), (places.cls = where(sources?.[0]?.node as Element));
  });
  // The worst interaction but one for each fifty.
  const acts = new Map<number, number>();
  const act = ({ interactionId, duration, target }: Act) => {
    if (!interactionId) return;
    acts.set(interactionId, Math.max(acts.get(interactionId) ?? 0, duration));
    const count = (performance as any).interactionCount ?? acts.size;
    const inp = [...acts.values()].sort((a, b) => b - a)[Math.min(acts.size - 1, Math.floor(count / 50))]!;
    if (inp == duration) places.inp = where(target as Element);
    vitals.inp = inp;
  };
  observe("event", act, { durationThreshold: 40 });
  observe("first-input", act);
  observe("resource", ({ initiatorType, name, duration, responseStatus }: PerformanceResourceTiming) => {
    if (!/fetch|xml/.test(initiatorType)) return;
    const { pathname, origin } = new URL(name);
    if (origin != location.origin) return;
    if (responseStatus >= 400) pain("failed-request", pattern(pathname), responseStatus);
    else if (duration > 1000) pain("slow-request", pattern(pathname), duration);
  });
}

function watchClicks() {
  let moved = 0, clicks: [number, number, number][] = [];
  new MutationObserver(() => (moved = now())).observe(document, { attributes: true, childList: true, subtree: true });
  addEventListener("scroll", () => (moved = now()), { capture: true, passive: true });
  addEventListener("click", ({ clientX: x, clientY: y, target }) => {
    const at = now(), node = target as Element;
    clicks = clicks.filter(([t, a, b]) => at - t < 1000 && Math.abs(a - x) + Math.abs(b - y) < 30);
    if (clicks.push([at, x, y]) == 3) pain("rage-click", where(node));
    if (getComputedStyle(node).cursor == "pointer" && !node.closest("input,label,select,[download],[target]")) setTimeout(() => moved < at && pain("dead-click", where(node)), 1000);
  }, true);
}

/** Measures this visit and sends what was found to `/api/v1/vitals` when it ends. */
export function begin() {
  const route = pattern(location.pathname);
  const device = innerWidth < 640 ? "phone" : matchMedia("(pointer:coarse)").matches ? "tablet" : "desk";
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  measure();
  watchClicks();
  addEventListener("error", ({ message, filename, lineno, colno }) => errors.length < MOST && errors.push([message, filename.split("/").pop()!, lineno, colno]));
  addEventListener("unhandledrejection", ({ reason }) => errors.length < MOST && errors.push([String(reason?.message ?? reason), "", 0, 0]));
  addEventListener("visibilitychange", function send() {
    if (document.visibilityState != "hidden") return;
    removeEventListener("visibilitychange", send);
    for (const end of ends) end();
    if (document.querySelector(".underway")) pain("abandoned-import", "form");
    navigator.sendBeacon("/api/v1/vitals", JSON.stringify({ route, device, arrived: navigation?.type ?? "", vitals, places, pains, errors: errors.map(([message, ...at]) => [message.slice(0, 200), ...at]) }));
  });
}
