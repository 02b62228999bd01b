// A page that shows files as areas, and in them their modules.

const WIDTH = 1200;
const HEIGHT = 700;
const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Splits a box among parts by their size, always along its longer side, halves first: good enough to see what is large. */
function split(parts, box) {
  if (parts.length < 2) return parts.map((part) => ({ part, box }));
  const sum = (some) => some.reduce((all, { size }) => all + size, 0);
  const whole = sum(parts);
  let at = 1;
  while (at < parts.length - 1 && sum(parts.slice(0, at)) < whole / 2) at++;
  const share = sum(parts.slice(0, at)) / whole;
  const [x, y, w, h] = box;
  const [one, other] = w > h ? [[x, y, w * share, h], [x + w * share, y, w * (1 - share), h]] : [[x, y, w, h * share], [x, y + h * share, w, h * (1 - share)]];
  return [...split(parts.slice(0, at), one), ...split(parts.slice(at), other)];
}

/** The page. */
export function treemap(files) {
  const boxes = split(files.map((file) => ({ ...file, size: file.minified })), [0, 0, WIDTH, HEIGHT]);
  const drawn = boxes.map(({ part, box: [x, y, w, h] }, k) => {
    const sorted = part.modules.filter(({ bytes }) => bytes).sort((a, b) => b.bytes - a.bytes).map((each) => ({ ...each, size: each.bytes }));
    const inner = split(sorted, [x + 3, y + 20, Math.max(w - 6, 1), Math.max(h - 23, 1)]);
    const modules = inner.map(({ part: each, box: [mx, my, mw, mh] }) => {
      const label = mw > 60 && mh > 16 ? `<text x="${mx + 4}" y="${my + 13}">${escape(each.name)} ${each.bytes}</text>` : "";
      return `<g><title>${escape(each.name)}: ${each.bytes} bytes</title><rect class="m" x="${mx}" y="${my}" width="${mw}" height="${mh}"/>${label}</g>`;
    });
    return `<g class="f${k % 6}"><rect x="${x}" y="${y}" width="${w}" height="${h}"/><text class="n" x="${x + 5}" y="${y + 14}">${escape(part.name)}: ${part.minified}, ${part.brotli} brotli</text>${modules.join("")}</g>`;
  });
  const colours = ["#5f8df3", "#c77f3e", "#6450ba", "#3f8f6b", "#b05a7a", "#7a7f3a"].map((colour, k) => `.f${k} rect{fill:${colour}55;stroke:${colour}}`).join("");
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>What the scripts weigh</title><style>body{font:14px system-ui;margin:16px}svg{max-width:100%}text{font:11px system-ui}.n{font-weight:600}.m{fill-opacity:.4}${colours}</style><h1>What the scripts weigh</h1><p>Minified bytes; areas are to scale.</p><svg viewBox="0 0 ${WIDTH} ${HEIGHT}">${drawn.join("")}</svg></html>\n`;
}
