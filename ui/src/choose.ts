// Rows that are chosen for editing: all of the page at once, and how many they are.
import type { Page } from "./page";

/** Follows a box that was changed: the one of all of the page, or the one of a row. */
export function choose(box: HTMLInputElement | null, page: Page) {
  const all = document.querySelector<HTMLInputElement>("[data-all]");
  const rows = [...document.querySelectorAll<HTMLInputElement>("input[form=bulk][name=campaign]")];
  if (box && box === all) for (const row of rows) row.checked = box.checked;
  const chosen = rows.filter((row) => row.checked).length;
  if (all) {
    all.checked = chosen > 0 && chosen === rows.length;
    all.indeterminate = chosen > 0 && chosen < rows.length;
  }
  const button = document.querySelector("[data-chosen]");
  if (button) button.textContent = chosen ? `Plan for ${chosen} chosen` : "Plan for chosen";
  if (box) page.announce(`${chosen} of ${rows.length} on this page chosen`);
}
