// Light, dark, or as the system has it. The choice is a cookie, so that the server writes the next page in it.
import { announce, find } from "./page";

const ROUND = ["auto", "light", "dark"];

/** Says on the switch what it stands on. */
export function themeSwitch() {
  const button = find("[data-theme-switch]");
  if (!button) return;
  button.ariaLabel = button.title = `Theme: ${chosen()}`;
}

/** Goes on to the next. */
export function nextTheme() {
  const theme = ROUND[(ROUND.indexOf(chosen()) + 1) % ROUND.length]!;
  const isAuto = theme === "auto";
  if (isAuto) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${isAuto ? "" : theme};path=/;max-age=${isAuto ? 0 : 31536000};samesite=lax`;
  // Pages that are kept were written in the old one.
  navigator.serviceWorker?.controller?.postMessage("changed");
  themeSwitch();
  announce(`Theme: ${theme}`);
}

const chosen = () => document.documentElement.dataset.theme ?? "auto";
