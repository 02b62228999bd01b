// Keys that lead somewhere. What they do is what a click on the page would do, so that a view keeps its days and filters.
import { find } from "./page";

/** Pages by the key that follows `g`. */
export const PLACES: Record<string, string> = { o: "/", c: "/campaigns", a: "/analytics", i: "/imports" };

/** Begins to listen; `search` and `list` open what has no place of its own. */
export function keys(search: () => void, list: () => void) {
  let leads = 0;
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && key.toLowerCase() === "k") {
      event.preventDefault();
      return search();
    }
    const isTyping = (target as Element).closest?.("input,select,textarea,dialog,[contenteditable]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const isSecond = event.timeStamp - leads < 1500;
    leads = key === "g" ? event.timeStamp : 0;
    const place = isSecond && PLACES[key];
    if (place) go(place);
    else if (key === "?") list();
    else if (key === "/") {
      event.preventDefault();
      const field = find<HTMLInputElement>("main input[type=search]");
      if (field) field.select();
      else search();
    } else if (key === "[") step(-1);
    else if (key === "]") step(1);
  });
}

function go(path: string) {
  const link = [...document.querySelectorAll<HTMLAnchorElement>("nav a")].find((a) => a.pathname === path);
  if (link) link.click();
  else location.assign(path);
}

/** To the range before or after: a link that says so, else its neighbour among the offered ones. */
function step(by: number) {
  const said = find(by < 0 ? "a[data-prev]" : "a[data-next]");
  const offered = [...document.querySelectorAll<HTMLElement>(".quick a")];
  const at = offered.findIndex((a) => a.ariaCurrent);
  (said ?? offered[at < 0 ? 0 : at + by])?.click();
}
