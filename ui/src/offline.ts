// Without a connection the last seen figures stay, and the page says how old they are.
import { find } from "./page";

const EVERY = 15_000;

/** When what is shown was answered by the server, in ms. */
let asOf = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** Tells that what is shown is as of this time: a time in ms if it was kept from earlier, 0 or NaN if it came just now. */
export function isAsOf(kept: number) {
  asOf = kept || Date.now();
  if (kept) lost();
  else found();
}

/** The server can't be reached. */
export function lost() {
  document.documentElement.classList.add("offline");
  timer ??= setInterval(reach, EVERY);
  const notice = find("[data-offline]");
  if (!notice) return;
  const then = new Date(asOf);
  const time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const day = then.toDateString() === new Date().toDateString() ? "" : `${then.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}, `;
  notice.textContent = `Offline - as of ${day}${time} - reconnecting`;
  notice.role = "status";
  notice.hidden = false;
}

function found() {
  clearInterval(timer);
  timer = undefined;
  const notice = find("[data-offline]");
  if (notice) notice.hidden = true;
  document.documentElement.classList.remove("offline");
}

/** Shows the page anew as soon as the server answers. */
function reach() {
  fetch("/livez", { cache: "no-store" }).then((answer) => answer.ok && dispatchEvent(new Event("reached")), () => {});
}

/** Begins to listen. */
export function watching() {
  addEventListener("offline", lost);
  addEventListener("online", reach);
  const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  // The service worker says so where it answered from what it keeps because the server could not be reached.
  const kept = page?.serverTiming?.find((timing) => timing.name === "asof")?.duration;
  if (kept) isAsOf(kept);
  else if (!navigator.onLine) lost();
}
