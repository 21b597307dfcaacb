import type { NamedResult } from "./benchmark.ts";

/** A result for people, several lines. */
export function describe(result: NamedResult): string {
  const { name, median_ms, min_ms, max_ms, hash, ratios, figures, conditions } = result;
  return [
    `${name}: ${shown(median_ms)} ms (${shown(min_ms)} to ${shown(max_ms)}), result ${hash}`,
    ...list("times as long", ratios),
    ...list("figures", figures),
    ...list("conditions", conditions),
    "",
  ].join("\n");
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
