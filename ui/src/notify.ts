// Alerts that begin, told by the browser itself while some page of Adroit is open in it: for who asked for that, in this browser.
import type { Page } from "./page";

/** Under which is kept up to which alert this browser has told, by where they are asked for. */
const KEY = "adroit-told";
/** How often is asked, in milliseconds. */
const OFTEN = 30_000;
/** More at once are told of together. */
const MOST = 3;

type Told = Record<string, number>;

/** An alert, as the API tells of it. */
interface Alert {
  id: number;
  title: string;
  subject: string;
  words: string;
  severity: string;
}

let isWatching = false;

/** Tells, where that was wished; and wishes it, where the button for that was `pressed`. */
export function notify(page: Page, pressed?: HTMLElement) {
  const button = document.querySelector<HTMLButtonElement>("[data-notify]:not([data-on])");
  if (button) {
    button.dataset.on = "";
    button.addEventListener("click", () => turn(button, page));
    if (pressed === button) turn(button, page);
    else label(button);
  }
  watch(page);
}

function label(button: HTMLButtonElement) {
  const isOn = button.dataset.notify! in told();
  button.ariaPressed = String(isOn);
  button.textContent = isOn ? "This browser tells of new alerts. Stop that" : "Tell me of new alerts in this browser";
}

/** On, or off again. The browser asks its reader once. */
async function turn(button: HTMLButtonElement, page: Page) {
  const from = button.dataset.notify!;
  if (from in told()) {
    keep(from, null);
  } else if (!("Notification" in window) || (await Notification.requestPermission()) !== "granted") {
    button.textContent = "This browser does not allow it. Allow notifications for this address in its settings, then try again";
    return page.announce(button.textContent);
  } else {
    // What fires already is on the page.
    keep(from, newest((await firing(from)) ?? []));
    watch(page);
  }
  label(button);
  page.announce(button.textContent!);
}

/** Asks again and again, in one of all open pages: the next takes over when that is closed. */
function watch(page: Page) {
  if (isWatching || !Object.keys(told()).length) return;
  isWatching = true;
  navigator.locks.request(KEY, async () => {
    while (Object.keys(told()).length) {
      for (const [from, last] of Object.entries(told())) await look(from, last, page).catch(() => {});
      await new Promise((done) => setTimeout(done, OFTEN));
    }
    isWatching = false;
  });
}

async function look(from: string, last: number, page: Page) {
  const alerts = await firing(from);
  // Who may not see them any more is not told of them; nor is who ended it meanwhile.
  if (!alerts) return keep(from, null);
  const fresh = alerts.filter(({ id }) => id > last).reverse();
  if (!fresh.length || !(from in told())) return;
  keep(from, newest(fresh));
  const where = from.replace("/api/v1", "").replace("state=firing&", "").replace("?state=firing", "");
  if (fresh.length > MOST) return show(`${fresh.length} alerts fire`, { body: fresh.map(({ title }) => title).join(", "), tag: KEY }, where, page);
  for (const { id, title, subject, words, severity } of fresh) {
    await show(title, { body: `${subject}: ${words}`, tag: `${KEY}-${id}`, requireInteraction: severity === "urgent" }, where, page);
  }
}

/** What fires; nothing where it may not be seen. */
async function firing(from: string): Promise<Alert[] | undefined> {
  // As it is now, not as it was seen last.
  const answer = await fetch(from, { headers: { accept: "application/json", "x-again": "1" } });
  if (answer.status === 401 || answer.status === 403) return;
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).alerts;
}

async function show(title: string, options: NotificationOptions, where: string, page: Page) {
  try {
    const shown = new Notification(title, options);
    shown.onclick = () => {
      focus();
      shown.close();
      page.visit(where);
    };
  } catch {
    // Phones want it from the worker.
    await (await navigator.serviceWorker?.getRegistration())?.showNotification(title, options);
  }
}

const newest = (alerts: Alert[]) => Math.max(0, ...alerts.map(({ id }) => id));

function told(): Told {
  try {
    return JSON.parse(localStorage[KEY] ?? "{}");
  } catch {
    return {};
  }
}

/** Remembers up to which alert was told; null ends it. */
function keep(from: string, last: number | null) {
  const all = told();
  if (last === null) delete all[from];
  else all[from] = Math.max(last, all[from] ?? 0);
  try {
    if (Object.keys(all).length) localStorage[KEY] = JSON.stringify(all);
    else localStorage.removeItem(KEY);
  } catch {
    // Where nothing may be kept it lasts as long as the page.
  }
}
