// The prompt for a new version. It is never put in place under somebody's hands.
import type { Page } from "./page";
import css from "./update.css";

/** Offers to change to the version that waits. */
export function offer(worker: ServiceWorker, { element, style }: Page) {
  style(css);
  const change = element("button", { textContent: "Reload" });
  const later = element("button", { textContent: "Later", className: "quiet" });
  const prompt = element("div", { className: "update", role: "status" }, "A new version of Adroit is ready.", change, later);
  document.body.append(prompt);
  later.onclick = () => prompt.remove();
  change.onclick = () => {
    navigator.serviceWorker.oncontrollerchange = () => location.reload();
    worker.postMessage("take over");
  };
}
