// What moves while a page comes, and what at its top stands over something else.

/** Notes every shift of the layout from now on, but for what is less than a thousandth: text at the edge of what scrolls, by parts of a pixel. */
export const watch = (page) =>
  page.addInitScript(() => {
    window.shifts = [];
    const name = ({ node }) => node?.className || node?.nodeName;
    const each = ({ value, sources }) => value >= 0.001 && window.shifts.push([value, sources.map(name).join(" ")]);
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type: "layout-shift", buffered: true });
  });

/** What moved, and what overlaps at the top, on the page as it is now. */
export async function unrest(page) {
  await page.waitForLoadState("load");
  // Shifts are told of with the next frames.
  await page.waitForTimeout(200);
  return page.evaluate(() => {
    const shown = [...document.querySelectorAll(".where > *, .where summary > *, .range, .quick, .tools > *")].filter((e) => e.checkVisibility({ contentVisibilityAuto: true }) && !e.matches(".sr"));
    const box = (e) => e.getBoundingClientRect();
    const over = (a, b) => box(a).right > box(b).left + 1 && box(a).left + 1 < box(b).right && box(a).bottom > box(b).top + 1 && box(a).top + 1 < box(b).bottom;
    const pairs = shown.flatMap((a, n) => shown.slice(n + 1).filter((b) => !a.contains(b) && over(a, b)).map((b) => `${a.className || a.tagName} over ${b.className || b.tagName}`));
    return [...window.shifts.map(([value, of]) => `${of} moved (${value.toFixed(4)})`), ...pairs];
  });
}
