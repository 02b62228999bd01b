// On the offline page: what was seen and can still be opened.
import type { Page } from "./page";

/** Lists the kept pages, the newest first. */
export async function list(place: HTMLElement, { element }: Page) {
  const kept = [];
  for (const name of await caches.keys()) {
    if (!name.startsWith("pages-")) continue;
    const store = await caches.open(name);
    for (const request of await store.keys()) {
      const answer = await store.match(request);
      if (!answer?.headers.get("content-type")?.startsWith("text/html")) continue;
      kept.push({ url: request.url, at: new Date(answer.headers.get("date") ?? 0), title: title(await answer.text()) });
    }
  }
  kept.sort((a, b) => b.at.getTime() - a.at.getTime());
  const lines = kept.map(({ url, at, title }) => {
    const { search } = new URL(url);
    const days = new URLSearchParams(search);
    const about = [days.get("range")?.replaceAll("_", " "), days.get("from"), days.get("to"), days.get("text")].filter(Boolean).join(" ");
    return element("li", {}, element("a", { href: url, textContent: title }), ` ${about} `, element("small", { textContent: `as of ${at.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}` }));
  });
  place.replaceChildren(...(lines.length ? lines : [element("li", { textContent: "Nothing was kept on this device yet." })]));
}

/** A page's title, without what follows the last dot. It is only ever used as text. */
function title(html: string): string {
  const raw = /<title>([^<]*)<\/title>/.exec(html)?.[1] ?? "";
  const plain = raw.replace(/&(?:#(\d+)|(amp|lt|gt|quot));/g, (_, code: string, name: string) => (code ? String.fromCodePoint(Number(code)) : { amp: "&", lt: "<", gt: ">", quot: '"' }[name]!));
  return plain.replace(/ · [^·]*$/, "");
}
