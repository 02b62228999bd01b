// Links and GET forms marked `data-swap` show the next page in place: `#main` and every `data-part` are replaced, the
// rest stays. The address, the title, the focus and Back are those of an ordinary navigation, and so is any failure.
import { announce, find, type History } from "./page";
import { isAsOf, lost } from "./offline";

const FOCUSABLE = "a,button,input,select,summary,[tabindex]";

let underway: XMLHttpRequest | undefined;
let shown = location.pathname + location.search;

/** Fetches an address and shows it in place. */
export function visit(url: string, how: History = "push", y?: number) {
  underway?.abort();
  // The browser parses the answer itself: no text becomes HTML by our hand, so trusted types need no policy for it.
  const request = (underway = new XMLHttpRequest());
  request.open("GET", url);
  request.responseType = "document";
  request.setRequestHeader("accept", "text/html");
  if (how === "none" && y === undefined) request.setRequestHeader("x-again", "1");
  request.onload = () => {
    const next = request.response as Document | null;
    const place = (request.responseURL || url) + new URL(url, location.href).hash;
    isAsOf(Number(request.getResponseHeader("x-as-of")));
    if (!next || !show(next, place, how, y)) location.assign(url);
  };
  request.onerror = () => {
    find("#main")!.ariaBusy = null;
    if (navigator.onLine) location.assign(url);
    else lost();
  };
  find("#main")!.ariaBusy = "true";
  request.send();
}

/** Shows a page that was fetched, at `y` or, if it is another page, at its top. */
export function show(next: Document, url: string, how: History = "push", y?: number): boolean {
  const places = new Map(parts(document));
  const fresh = parts(next);
  // Another build has other scripts and styles: its pages are loaded as a whole.
  const isOurs = next.body.dataset.version === document.body.dataset.version;
  if (!isOurs || !next.getElementById("main") || fresh.some(([name]) => !places.has(name))) return false;
  const focus = remembered();
  const from = location.pathname;
  if (how === "push") history.replaceState({ y: scrollY }, "");
  if (how !== "none") history[`${how}State`]({}, "", url);
  shown = location.pathname + location.search;
  dress(next);
  for (const [name, element] of fresh) {
    places.get(name)!.replaceWith(element);
    places.delete(name);
  }
  for (const gone of places.values()) gone.replaceChildren();
  document.title = next.title;
  dispatchEvent(new Event("swapped"));
  focus();
  if (y !== undefined || from !== location.pathname) scrollTo(0, y ?? 0);
  if (how !== "none") announce(next.title);
  return true;
}

/** Takes over the style sheets that this page does not have. Layers order them, so it does not matter which came first. */
function dress(next: Document) {
  const sheets = (page: Document) => [...page.querySelectorAll("style")];
  const worn = new Set(sheets(document).map((sheet) => sheet.textContent));
  document.head.append(...sheets(next).filter((sheet) => !worn.has(sheet.textContent)));
}

/** The replaceable places of a page by their name. */
function parts(page: Document): [string, HTMLElement][] {
  return [...page.querySelectorAll<HTMLElement>("#main,[data-part]")].map((e) => [e.dataset.part ?? "", e]);
}

/** Remembers what has the focus; what is returned gives it to the element that stands there afterwards. */
function remembered(): () => void {
  const active = document.activeElement as HTMLInputElement | null;
  const place = active?.closest<HTMLElement>("#main,[data-part]");
  if (!active || !place) return () => {};
  const wanted = mark(active);
  const caret = active.selectionStart;
  const within = place.dataset.part ? `[data-part="${place.dataset.part}"]` : "#main";
  return () => {
    const same = [...(find(within)?.querySelectorAll<HTMLInputElement>(FOCUSABLE) ?? [])].find((e) => mark(e) === wanted);
    same?.focus({ preventScroll: true });
    if (typeof caret === "number") same?.setSelectionRange(caret, caret);
    // In a menu that is closed now, its button stands for it.
    if (same && document.activeElement !== same) find("summary", same.closest("details") ?? same)?.focus();
  };
}

/** What makes an element the same one on two pages. */
function mark(e: HTMLElement): string {
  const { tagName, id, type, name, textContent } = e as HTMLInputElement;
  const value = /check|radio/.test(type) ? e.getAttribute("value") : "";
  return [tagName, id, name, name ? value : textContent!.trim()].join();
}

/** The address that a GET form asks for, without its empty fields. */
function asked(form: HTMLFormElement, by: HTMLElement | null): string {
  const url = new URL(form.action);
  const fields = new FormData(form, by);
  url.search = new URLSearchParams([...fields].filter(([, value]) => value !== "") as [string, string][]).toString();
  return url.href;
}

/** Begins to listen. */
export function swapping() {
  addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-swap]");
    const otherwise = event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (!link || otherwise || link.target || link.origin !== location.origin) return;
    event.preventDefault();
    visit(link.href);
  });
  addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.dataset.swap === undefined || form.method !== "get") return;
    event.preventDefault();
    visit(asked(form, event.submitter));
  });
  addEventListener("popstate", (event) => {
    // A step to a heading of the same page is the browser's.
    if (shown !== location.pathname + location.search) visit(location.href, "none", (event.state as { y?: number } | null)?.y ?? 0);
  });
}
