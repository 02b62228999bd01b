// The one script of every page: what is needed often, and when the rest is fetched.
import { element, style } from "./element";
import { keys } from "./keys";
import { lost, watching } from "./offline";
import { announce, find, type Page, part } from "./page";
import { show, swapping, visit } from "./swap";
import { register } from "./register";
import { nextTheme, themeSwitch } from "./theme";
import { tools } from "./tools";

/** Milliseconds after which the status page begins to change. */
const LIVE_AFTER = 3000;

const page: Page = { announce, visit, show, part, element, style };

const search = () => part(import("./dialogs"), (m) => m.palette(page, acts));
const shortcuts = () => part(import("./dialogs"), (m) => m.shortcuts(page));

/** What the palette offers that is no page. */
const acts = { "#theme": nextTheme, "#shortcuts": shortcuts };

/** Shows what only works with a script, on the page that is there now. */
function dress() {
  tools();
  themeSwitch();
  for (const chart of document.querySelectorAll<HTMLElement>("[data-chart]")) chart.tabIndex = 0;
  const all = find("[data-all]");
  if (all) all.hidden = false;
  // What was chosen before a reload stays chosen in some browsers.
  if (find("[form=bulk]:checked")) part(import("./choose"), (m) => m.choose(null, page), () => {});
  const status = find("[data-live-status]:not([data-on])");
  if (status) {
    status.dataset.on = "";
    // What is on the page is of now: what comes after it can wait until the page is used.
    setTimeout(() => status.isConnected && part(import("./live"), (m) => m.follow(), () => {}), LIVE_AFTER);
  }
  if (find("[data-passkey]")) part(import("./passkeys"), (m) => m.passkeys());
  if (tellsOfAlerts()) part(import("./notify"), (m) => m.notify(page), () => {});
  const seen = find("[data-seen]");
  if (seen) {
    lost();
    part(import("./seen"), (m) => m.list(seen, page), () => {});
  }
}

/** Whether somebody asked this browser to tell of new alerts. */
function tellsOfAlerts() {
  try {
    return localStorage["adroit-told"];
  } catch {
    return;
  }
}

/** Fetches what belongs to an element when somebody turns to it. */
function turnedTo(event: Event) {
  const target = event.target as Element;
  const chart = target.closest?.<HTMLElement>("[data-chart]:not([data-on])");
  if (chart) {
    chart.dataset.on = "";
    part(import("./chart"), (m) => m.enhance(chart, event, page), () => delete chart.dataset.on);
  }
  const form = target.closest?.<HTMLFormElement>("form[data-upload]:not([data-on])");
  if (form) part(import("./upload"), (m) => m.enhance(form, page), () => {});
  const columns = target.closest?.<HTMLDetailsElement>("details.columns:not([data-on])");
  if (columns) {
    columns.dataset.on = "";
    part(import("./columns"), (m) => m.enhance(columns, page), () => delete columns.dataset.on);
  }
}

swapping();
keys(search, shortcuts);
addEventListener("pointerover", turnedTo);
addEventListener("focusin", turnedTo);
// A file may be dragged here from elsewhere.
addEventListener("dragenter", turnedTo);
addEventListener("change", (event) => {
  turnedTo(event);
  const box = event.target as HTMLInputElement;
  if (box.matches("[data-all],[form=bulk]")) part(import("./choose"), (m) => m.choose(box, page));
});
addEventListener("click", (event) => {
  const target = event.target as Element;
  if (target.closest("[data-theme-switch]")) nextTheme();
  if (target.closest("[data-palette]")) search();
  const notify = target.closest<HTMLElement>("[data-notify]:not([data-on])");
  if (notify) part(import("./notify"), (m) => m.notify(page, notify));
});
addEventListener("reached", () => visit(location.href, "none"));
addEventListener("swapped", dress);
dress();
watching();
// For styles, and for whoever waits until the page answers.
document.documentElement.dataset.script = "";
// What a visit was like, unless its reader asks not to be followed, or chance leaves it out.
const { vitals } = document.body.dataset;
const asksNot = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl || navigator.doNotTrack === "1";
if (vitals && !asksNot && Math.random() * 100 < +vitals) setTimeout(() => part(import("./vitals"), (m) => m.begin(), () => {}), 1500);
// The worker makes the next page quicker, not this one: later is soon enough.
setTimeout(register, 1000, page);
