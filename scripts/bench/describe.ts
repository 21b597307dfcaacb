import Table from "cli-table3";
import type { NamedResult, ResultTable } from "./benchmark.ts";

/** A result for people, several lines. */
export function describe(result: NamedResult): string {
  const { name, median_ms, min_ms, max_ms, hash, ratios, figures, tables = [], conditions } = result;
  return [
    `${name}: ${shown(median_ms)} ms (${shown(min_ms)} to ${shown(max_ms)}), result ${hash}`,
    ...list("times as long", ratios),
    ...(tables.length === 0 ? list("figures", figures) : tables.map(drawn)),
    ...list("conditions", conditions),
    "",
  ].join("\n");
}

function drawn({ head, rows }: ResultTable): string {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  table.push(...rows.map((row) => row.map(shown)));
  return table.toString();
}

function list(title: string, values: Readonly<Record<string, unknown>>): string[] {
  const entries = Object.entries(values);
  if (entries.length === 0) return [];
  return [`  ${title}:`, ...entries.map(([name, value]) => `    ${name}: ${shown(value)}`)];
}

function shown(value: unknown): string {
  if (typeof value === "number") return value.toLocaleString("en-US", { maximumSignificantDigits: 4 });
  return Array.isArray(value) ? value.join(", ") : String(value);
}
