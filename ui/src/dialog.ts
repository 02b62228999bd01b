// A dialog in the middle of the page: Escape and a click beside it close it, the focus goes back to where it was.
import css from "./dialog.css";
import type { Page } from "./page";

/** Opens a dialog that is gone once it is closed. */
export function dialog({ element, style }: Page, label: string, className: string, ...children: Node[]): HTMLDialogElement {
  style(css);
  const made = element("dialog", { ariaLabel: label, className: `over ${className}` }, ...children);
  made.onclick = (event) => event.target === made && made.close();
  made.onclose = () => made.remove();
  document.body.append(made);
  made.showModal();
  return made;
}
