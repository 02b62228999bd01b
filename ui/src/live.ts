// The status page as it changes: the server tells its figures every ten seconds, and they are written where they stand.
export function follow() {
  const source = new EventSource("/api/v1/status/live");
  const stop = () => source.close();
  source.addEventListener("status", ({ data }) => {
    if (!document.querySelector("[data-live-status]")) return stop();
    const { figures } = JSON.parse(data) as { figures: Record<string, string> };
    for (const place of document.querySelectorAll<HTMLElement>("[data-live]")) {
      const text = figures[place.dataset.live!];
      if (text !== undefined && place.textContent !== text) place.textContent = text;
    }
  });
  addEventListener("swapped", () => document.querySelector("[data-live-status]") || stop());
  addEventListener("pagehide", stop);
}
