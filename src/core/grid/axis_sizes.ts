import { compareCodePoints } from "../text/mod.ts";

/** One axis of a sweep as a guard names it. */
export interface AxisSize {
  /** As heatmaps name it: `ma.sma.window`, `momentum.rsi.signal.long_threshold`, `sl_pct`. */
  readonly name: string;
  readonly kind: "compute" | "signal" | "risk";
  readonly values: number;
  /** Whether the request left it out, so that it came from the default grids. */
  readonly byDefault: boolean;
}

const namedMax = 12;

/** Whether an axis with this path comes from the default grids. */
export function isDefault(path: string): boolean {
  return path.startsWith("defaults.");
}

/**
 * The tail of a guard's message: the axes that multiply the variants, longest first, and which of them nobody sent, e.g.
 * `; axes: ma.sma.window 20, ma.sma.source 6 (default)`. Empty where no axis has two values.
 */
export function sizesText(axes: readonly Pick<AxisSize, "name" | "values" | "byDefault">[]): string {
  const long = axes.filter(({ values }) => values > 1)
    .sort((a, b) => b.values - a.values || compareCodePoints(a.name, b.name));
  if (long.length === 0) return "";
  const named = long.slice(0, namedMax)
    .map(({ name, values, byDefault }) => `${name} ${values}${byDefault ? " (default)" : ""}`);
  const more = long.length > namedMax ? `, and ${long.length - namedMax} more` : "";
  const hint = long.some(({ byDefault }) => byDefault) ? "; send an axis to replace its default" : "";
  return `; axes: ${named.join(", ")}${more}${hint}`;
}
