// Choosing days by a drag along a chart (or Shift and the arrow keys): they become the range of the whole page, in its
// address, so that every figure is of the same days.
import type { Page } from "./page";

/** What is known of the chart. */
export interface Plot {
  nearest(clientX: number): number;
  place(i: number): { x: number; top: number };
  row(i: number): HTMLTableRowElement;
  page: Page;
}

interface Choice {
  first: number;
  listening: AbortController;
  band: HTMLElement;
  offer: HTMLElement;
}

const choices = new WeakMap<HTMLElement, Choice>();

/** Follows the pointer until it is let go. */
export function drag(chart: HTMLElement, start: number, plot: Plot) {
  const move = (event: PointerEvent) => {
    const end = plot.nearest(event.clientX);
    if (end !== start) choose(chart, start, end, plot);
  };
  const done = new AbortController();
  addEventListener("pointermove", move, { signal: done.signal });
  addEventListener("pointerup", () => done.abort(), { signal: done.signal });
}

/** Moves the end of the choice by key; the choice begins where the first such key was pressed. */
export function extend(chart: HTMLElement, before: number, end: number, plot: Plot) {
  choose(chart, choices.get(chart)?.first ?? before, end, plot);
}

function choose(chart: HTMLElement, first: number, end: number, plot: Plot) {
  const [from, to] = [Math.min(first, end), Math.max(first, end)];
  const days = [daysOf(from, plot)?.[0], daysOf(to, plot)?.[1]];
  if (!days[0] || !days[1]) return;
  const { element } = plot.page;
  let choice = choices.get(chart);
  if (!choice) {
    choice = { first, listening: new AbortController(), band: element("div", { className: "chosen" }), offer: element("div", { className: "zoom" }) };
    choices.set(chart, choice);
    chart.append(choice.band, choice.offer);
    const answer = (event: KeyboardEvent) => {
      if (event.key === "Escape") drop(chart);
      if (event.key === "Enter" && event.target === chart) choices.get(chart)?.offer.querySelector("button")?.click();
    };
    chart.addEventListener("keydown", answer, { signal: choice.listening.signal });
  }
  const [a, b] = [plot.place(from), plot.place(to)];
  choice.first = first;
  choice.band.style.translate = `${a.x}px ${a.top}px`;
  choice.band.style.width = `${b.x - a.x}px`;
  choice.band.style.height = `${chart.querySelector("svg[data-n]")!.clientHeight}px`;
  const show = element("button", { type: "button", textContent: `Show ${label(plot.row(from))} to ${label(plot.row(to))}` });
  const cancel = element("button", { type: "button", textContent: "Cancel" });
  show.onclick = () => {
    const url = new URL(location.href);
    for (const name of ["range", "after"]) url.searchParams.delete(name);
    url.searchParams.set("from", days[0]!);
    url.searchParams.set("to", days[1]!);
    plot.page.visit(url.href);
  };
  cancel.onclick = () => drop(chart);
  choice.offer.replaceChildren(show, cancel);
}

/** The days of a row. One that does not say them is the day after the row before. */
function daysOf(i: number, { row }: Plot): [string, string] | undefined {
  let n = i;
  while (n && !row(n).dataset.from) n--;
  const { from, to = from } = row(n).dataset;
  if (!from || !to) return;
  if (n === i) return [from, to];
  const day = new Date(Date.parse(from) + (i - n) * 864e5).toISOString().slice(0, 10);
  return [day, day];
}

function drop(chart: HTMLElement) {
  const choice = choices.get(chart);
  choice?.listening.abort();
  choice?.band.remove();
  choice?.offer.remove();
  choices.delete(chart);
}

/** Its name, without what is to be known of it. */
const label = (row: HTMLTableRowElement) => (row.cells[0]!.querySelector("bdi") ?? row.cells[0]!).textContent!.trim();
