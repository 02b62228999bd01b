// The service worker: pages that were seen come at once and offline. A new one waits until the person agrees.
import type { Page } from "./page";

/** Registers it. */
export async function register(page: Page) {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  // Trusted types want a word for every script address; this policy knows this one address and nothing else.
  const policy = window.trustedTypes?.createPolicy("worker", { createScriptURL: () => "/sw.js" });
  workers.onmessage = (event) => {
    // What was shown from the store has changed since.
    if (event.data.fresh === location.href) page.visit(location.href, "none");
  };
  workers.controller?.postMessage("listening");
  const registration = await workers.register((policy?.createScriptURL("") ?? "/sw.js") as string, { updateViaCache: "none" });
  const offer = (worker: ServiceWorker | null) => worker && page.part(import("./update"), (m) => m.offer(worker, page), () => {});
  if (workers.controller) offer(registration.waiting);
  registration.onupdatefound = () => {
    const worker = registration.installing!;
    worker.onstatechange = () => {
      if (worker.state === "installed" && workers.controller) offer(worker);
    };
  };
}

declare global {
  interface Window {
    trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown } };
  }
}
