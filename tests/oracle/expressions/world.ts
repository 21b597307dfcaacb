import type { OracleCandles } from "../candles.ts";

/** Bars that an expression is evaluated on. */
export interface RuleBars {
  readonly candles: OracleCandles;
  readonly openMs: readonly number[];
  readonly closeMs: readonly number[];
  /** Further columns by name, NaN where there is no value. */
  readonly columns: Readonly<Record<string, readonly number[]>>;
}

/** Length of a timeframe in ms, as the tests use them. */
const lengthsMs: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Open of the bar of a timeframe that holds a time: the epoch's grid, weeks from Monday, months of the calendar. */
export function openOf(timeframe: string, timeMs: number): number {
  const date = new Date(timeMs);
  if (timeframe === "1M") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  if (timeframe === "1w") {
    const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
    return midnight - (date.getUTCDay() + 6) % 7 * 86_400_000;
  }
  const length = Number.parseInt(timeframe) * lengthsMs[timeframe.at(-1)!]!;
  return Math.floor(timeMs / length) * length;
}

/** Close of the bar of a timeframe that opens then. */
export function closeOf(timeframe: string, openMs: number): number {
  if (timeframe === "1M") {
    const date = new Date(openMs);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  }
  return openMs + Number.parseInt(timeframe) * lengthsMs[timeframe.at(-1)!]!;
}

/** The bars rolled up: every bucket that holds a bar, whole or not. */
export function higherOf(bars: RuleBars, timeframe: string): RuleBars {
  const buckets = new Map<number, number[]>();
  bars.openMs.forEach((openMs, t) => {
    const open = openOf(timeframe, openMs);
    buckets.set(open, [...buckets.get(open) ?? [], t]);
  });
  const groups = [...buckets.values()];
  const { open, high, low, close, volume } = bars.candles;
  const of = (column: ArrayLike<number>, group: readonly number[]) => group.map((t) => column[t]!);
  const openMs = [...buckets.keys()];
  return {
    openMs,
    closeMs: openMs.map((ms) => closeOf(timeframe, ms)),
    candles: {
      open: groups.map((group) => open[group[0]!]!),
      high: groups.map((group) => Math.max(...of(high, group))),
      low: groups.map((group) => Math.min(...of(low, group))),
      close: groups.map((group) => close[group.at(-1)!]!),
      volume: groups.map((group) => Math.fround(of(volume, group).reduce((sum, value) => sum + value, 0))),
    },
    columns: Object.fromEntries(
      Object.entries(bars.columns).map(([name, column]) => [
        name,
        groups.map((group) => of(column, group).findLast((value) => !Number.isNaN(value)) ?? NaN),
      ]),
    ),
  };
}

/** For every bar the last bar of the higher ones that is over by its close; -1 before the first. */
export function stepsOf(bars: RuleBars, higher: RuleBars): readonly number[] {
  return bars.closeMs.map((closeMs) => higher.closeMs.findLastIndex((end) => end <= closeMs));
}
