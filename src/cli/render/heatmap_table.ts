import type { JobHeatmap } from "../../answers/job.ts";
import Table from "cli-table3";

/** Columns and rows a terminal is given. */
const shownMax = 12;

/**
 * The returns nearest to the winner as a plain table: x from left to right, y from top to bottom, the winner in brackets.
 * Lines below it name the axes and say what was left out.
 */
export function heatmapTable({ x, y, axes, total_return_pct }: JobHeatmap): string {
  const columns = nearest(x);
  const rows = nearest(y);
  const table = new Table({
    head: ["", ...columns.map((i) => String(x.values[i]))],
    colAligns: ["right", ...columns.map(() => "right" as const)],
    style: { head: [], border: [], compact: true },
  });
  for (const j of rows) {
    const cells = columns.map((i) => {
      const text = total_return_pct[j]![i]?.toFixed(2) ?? "-";
      return i === x.winner && j === y.winner ? `[${text}]` : text;
    });
    table.push([String(y.values[j]), ...cells]);
  }
  const stored = x.values.length * y.values.length;
  const shown = columns.length * rows.length;
  return [
    `Return % over ${x.name} (across) and ${y.name} (down); the winner in brackets`,
    table.toString(),
    ...(shown < stored ? [`${shown} of ${stored} cells; --json has all`] : []),
    `Axes: ${axes.join(", ")}`,
    "",
  ].join("\n");
}

function nearest({ values, winner }: JobHeatmap["x"]): readonly number[] {
  const length = Math.min(values.length, shownMax);
  const first = Math.min(Math.max(winner - Math.floor(length / 2), 0), values.length - length);
  return Array.from({ length }, (_, i) => first + i);
}
