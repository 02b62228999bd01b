// The column picker's order: by drag, or with Alt and the arrow keys. What is sent stays the form's own checkboxes.
import css from "./columns.css";
import type { Page } from "./page";

/** Makes the choices of a picker movable. */
export function enhance(picker: HTMLDetailsElement, page: Page) {
  const { element, style } = page;
  const form = picker.querySelector("form");
  const labels = () => [...picker.querySelectorAll<HTMLLabelElement>("label:has(> input[name=column])")];
  if (!form || !labels().length) return;
  style(css);
  let moving: HTMLLabelElement | undefined;
  for (const label of labels()) {
    label.draggable = true;
    label.title = "Drag, or Alt with the arrow keys, to move";
  }
  labels()[0]!.before(element("p", { className: "hint", textContent: "Drag, or Alt ↑ ↓, to change the order." }));

  picker.addEventListener("dragstart", (event) => {
    moving = labels().find((label) => label === event.target);
    event.dataTransfer?.setData("text/plain", "");
  });
  picker.addEventListener("dragover", (event) => {
    const over = (event.target as Element).closest("label");
    if (!moving || !over || !labels().includes(over)) return;
    event.preventDefault();
    if (over === moving) return;
    const all = labels();
    if (all.indexOf(over) < all.indexOf(moving)) over.before(moving);
    else over.after(moving);
  });
  picker.addEventListener("drop", (event) => moving && event.preventDefault());
  picker.addEventListener("dragend", () => (moving = undefined));
  picker.addEventListener("keydown", (event) => {
    const step = event.altKey && { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const label = (event.target as Element).closest("label");
    const all = labels();
    const at = label ? all.indexOf(label) : -1;
    const other = step && at >= 0 ? all[at + step] : undefined;
    if (!step || !label) return;
    event.preventDefault();
    if (!other) return;
    if (step < 0) other.before(label);
    else other.after(label);
    // Moving an element takes its focus away.
    (event.target as HTMLElement).focus();
    page.announce(`${label.textContent!.trim()}: place ${at + step + 1} of ${all.length}`);
  });
}
