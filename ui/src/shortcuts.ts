// The list of keys.
import { dialog } from "./dialog";
import type { Page } from "./page";

const KEYS: [string, string][] = [
  ["Ctrl K", "Search over everything (Cmd K on a Mac)"],
  ["/", "To the search field of the page"],
  ["g o", "Overview"],
  ["g c", "Campaigns"],
  ["g a", "Analytics"],
  ["g i", "Imports"],
  ["[", "The days before"],
  ["]", "The days after"],
  ["← →", "Along a chart; with Shift they choose days, Enter shows them"],
  ["?", "This list"],
  ["Esc", "Close"],
];

/** Opens the list. */
export function shortcuts(page: Page) {
  if (document.querySelector("dialog[open]")) return;
  const { element } = page;
  const list = element("dl");
  for (const [keys, what] of KEYS) {
    const pressed = keys.split(" ").flatMap((key) => [element("kbd", { textContent: key }), " "]);
    list.append(element("dt", {}, ...pressed), element("dd", { textContent: what }));
  }
  const close = element("button", { textContent: "Close" });
  const box = dialog(page, "Keys", "shortcuts", element("h2", { textContent: "Keys" }), list, close);
  close.onclick = () => box.close();
}
