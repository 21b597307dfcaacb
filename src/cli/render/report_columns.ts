/** A Markdown report table as aligned columns, two metrics a line. */
export function reportColumns(tableMd: string): string {
  const rows = tableMd.split("\n").slice(2).map((line) => line.split("|").slice(1, 3));
  const half = Math.ceil(rows.length / 2);
  const cell = ([metric = "", value = ""]: readonly string[]) => `${metric.padEnd(26)}${value.padStart(30)}`;
  return rows.slice(0, half)
    .map((row, i) => `  ${cell(row)}${rows[half + i] ? `    ${cell(rows[half + i]!)}` : ""}`)
    .join("\n");
}
