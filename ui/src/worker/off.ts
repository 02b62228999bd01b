// What the server hands out in place of the service worker where that is switched off: it removes itself and all that
// was kept.
declare const self: ServiceWorkerGlobalScope & typeof globalThis;

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => {
  const emptied = caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))));
  event.waitUntil(emptied.then(() => self.registration.unregister()));
});

export {};
