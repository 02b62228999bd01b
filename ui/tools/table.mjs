// Tables for the terminal.

/** Prints rows under heads; what is a number is put to the right. */
export function table(heads, rows) {
  const text = (cell) => (typeof cell === "number" ? cell.toLocaleString("en-GB") : (cell ?? ""));
  const widths = heads.map((head, k) => Math.max(head.length, ...rows.map((row) => text(row[k]).length)));
  const isNumber = heads.map((_, k) => rows.some((row) => typeof row[k] === "number"));
  const line = (cells) => cells.map((cell, k) => (isNumber[k] ? text(cell).padStart(widths[k]) : text(cell).padEnd(widths[k]))).join("  ").trimEnd();
  console.log([line(heads), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)].join("\n"));
}
