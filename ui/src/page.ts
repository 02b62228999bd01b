// What every part may use of the page. Parts that are fetched on first use get it handed over, because a module that
// both they and the entry import would become a file of its own, and that a second request on every page.

import type { element, style } from "./element";

/** What a part may use of the page. */
export interface Page {
  /** Says a sentence to those who do not see the page change. */
  announce(text: string): void;
  /** Fetches an address and shows it in place; an ordinary navigation where that fails. */
  visit(url: string, how?: History): void;
  /** Shows a page that was fetched; false if it can't be shown in place. */
  show(next: Document, url: string, how?: History): boolean;
  /** Fetches a part and starts it; where it can't be had, the page goes on without. */
  part: typeof part;
  element: typeof element;
  style: typeof style;
}

/** What a step leaves in the browser's history. */
export type History = "push" | "replace" | "none";

/** Finds the first element. */
export const find = <T extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document) =>
  within.querySelector<T>(selector);

/** Says a sentence to those who do not see the page change. */
export function announce(text: string) {
  const live = find("#live");
  if (live) live.textContent = text;
}

/** Fetches a part and starts it; where it can't be had, the page goes on without. */
export function part<M>(fetched: Promise<M>, start: (module: M) => void, otherwise?: () => void) {
  fetched.then(start, otherwise ?? (() => announce("This can't be loaded now. Try again when you are online.")));
}
