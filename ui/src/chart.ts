// Exact figures of a chart under the pointer, the finger or the arrow keys. They are read from the table behind the
// chart, so that there is one truth; a drag along it chooses days.
import css from "./chart.css";
import type { Page } from "./page";

/** Makes a chart answer. */
export function enhance(chart: HTMLElement, first: Event, page: Page) {
  const { element, style } = page;
  style(css);
  const svg = chart.querySelector("svg[data-n]")!;
  const rows = [...chart.querySelectorAll<HTMLTableRowElement>("details.data tbody tr")];
  const heads = [...chart.querySelectorAll<HTMLElement>("details.data thead th")].slice(1);
  const { left = "0", right = "1", n = "0", bands } = (svg as SVGElement).dataset;
  const [from, to, count] = [Number(left), Number(right), Number(n)];
  if (!count || rows.length < count) return;

  const cursor = element("div", { className: "cursor", hidden: true });
  const tip = element("div", { className: "tip", hidden: true, ariaHidden: "true" });
  chart.append(cursor, tip);
  let at = -1;

  const share = (i: number) => from + (to - from) * (bands === undefined ? i / Math.max(count - 1, 1) : (i + 0.5) / count);
  const place = (i: number) => {
    const [box, drawing] = [chart.getBoundingClientRect(), svg.getBoundingClientRect()];
    return { x: drawing.left - box.left + share(i) * drawing.width, top: drawing.top - box.top, width: box.width };
  };
  const nearest = (clientX: number) => {
    const { left, width } = svg.getBoundingClientRect();
    const along = ((clientX - left) / width - from) / (to - from);
    return bounded(bands === undefined ? Math.round(along * (count - 1)) : Math.floor(along * count));
  };
  const bounded = (i: number) => Math.max(0, Math.min(count - 1, i));
  const texts = (i: number) => [...rows[i]!.cells].map((cell) => cell.textContent!.replace(/\s+/g, " ").trim());

  function show(i: number) {
    if (i === at) return;
    at = i;
    const [label = "", ...figures] = texts(i);
    const lines = figures.map((text, k) => element("span", { className: kind(heads[k]) }, element("i"), heads[k]?.textContent ?? "", element("b", { textContent: text })));
    tip.replaceChildren(element("strong", { textContent: label }), ...lines);
    tip.hidden = cursor.hidden = false;
    const { x, top, width } = place(i);
    cursor.style.translate = `${x}px ${top}px`;
    cursor.style.height = `${svg.clientHeight}px`;
    const beside = x > width / 2 ? x - tip.offsetWidth - 12 : x + 12;
    tip.style.translate = `${Math.max(0, Math.min(beside, width - tip.offsetWidth))}px ${top}px`;
  }

  function hide() {
    at = -1;
    tip.hidden = cursor.hidden = true;
  }

  function point(event: PointerEvent) {
    if (svg.contains(event.target as Node) || event.target === cursor) show(nearest(event.clientX));
  }

  chart.addEventListener("pointermove", point);
  // On a touch screen this is a tap; a swipe still scrolls the page.
  chart.addEventListener("pointerdown", (event) => {
    point(event);
    if (event.button === 0 && svg.contains(event.target as Node) && event.pointerType !== "touch") {
      const start = nearest(event.clientX);
      page.part(import("./zoom"), (m) => m.drag(chart, start, { nearest, place, row: (i) => rows[i]!, page }));
    }
  });
  chart.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && hide());
  chart.addEventListener("blur", hide);
  chart.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7, Home: -count, End: count }[event.key];
    if (event.target !== chart || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") hide();
    if (step === undefined) return;
    event.preventDefault();
    const before = at;
    const next = at < 0 ? (step > 0 && step < count ? 0 : bounded(step < 0 && step > -count ? count - 1 : step)) : bounded(at + step);
    show(next);
    const [label = "", ...figures] = texts(next);
    page.announce(`${label}: ${figures.map((text, k) => `${heads[k]?.textContent} ${text}`).join(", ")}`);
    if (event.shiftKey) page.part(import("./zoom"), (m) => m.extend(chart, Math.max(before, 0), next, { nearest, place, row: (i) => rows[i]!, page }));
  });
  if (first instanceof PointerEvent) point(first);
}

/** The series a column stands for: its colour class. */
const kind = (head: HTMLElement | undefined) => [...(head?.classList ?? [])].find((name) => /^s\d$/.test(name)) ?? "";
