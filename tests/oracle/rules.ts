import type { OracleCandles } from "./candles.ts";

/** Signal of one bar. */
export type Signal = "L" | "S" | "N";

/** Long where `column > series`, bar by bar. */
export function compareSignal(column: readonly number[], series: readonly number[]): Signal[] {
  return series.map((x, t) => decide([x, column[t]!], { long: column[t]! > x, short: column[t]! < x }));
}

/** The same signal with its sides exchanged. */
export function swapped(signals: readonly Signal[]): Signal[] {
  return signals.map((signal) => signal === "N" ? "N" : signal === "L" ? "S" : "L");
}

/** Long at or beyond the long threshold, in the direction that leads away from the short one. */
export function bandSignal(
  series: readonly number[],
  { long, short }: { readonly long: number; readonly short: number },
): Signal[] {
  const [longAt, shortAt] = [Math.fround(long), Math.fround(short)];
  return series.map((x) =>
    decide(
      [x],
      long <= short ? { long: x <= longAt, short: x >= shortAt } : { long: x >= longAt, short: x <= shortAt },
    )
  );
}

/** Long beyond `center + distance`, short beyond `center - distance`. */
export function centeredSignal(
  series: readonly number[],
  { center, distance }: { readonly center: number; readonly distance: number },
): Signal[] {
  const [high, low] = [Math.fround(center + distance), Math.fround(center - distance)];
  return series.map((x) => decide([x], { long: x > high, short: x < low }));
}

/** Long where the series rose over `|long|` bars, short where it fell over `|short|` bars. */
export function deltaSignal(
  series: readonly number[],
  { long, short }: { readonly long: number; readonly short: number },
): Signal[] {
  const change = (t: number, lag: number) => {
    const [now, then] = [series[t]!, series[t - Math.abs(lag)] ?? NaN];
    return Number.isFinite(now) && Number.isFinite(then) ? Math.fround(now - then) : 0;
  };
  return series.map((x, t) => decide([x], { long: change(t, long) > 0, short: change(t, short) < 0 }));
}

/** The candle's direction where its measured body is at least `minimum`. */
export function bodySignal(
  series: readonly number[],
  { candles: { open, close }, minimum }: {
    readonly candles: Pick<OracleCandles, "open" | "close">;
    readonly minimum: number;
  },
): Signal[] {
  const atLeast = Math.fround(minimum);
  return series.map((x, t) =>
    decide([x, open[t]!, close[t]!], {
      long: x >= atLeast && close[t]! > open[t]!,
      short: x >= atLeast && close[t]! < open[t]!,
    })
  );
}

/** Long where a pivot low is confirmed, short where a pivot high is. */
export function pivotSignal(
  highs: readonly number[],
  { lows }: { readonly lows: readonly number[] },
): Signal[] {
  return highs.map((high, t) => decide([], { long: Number.isFinite(lows[t]), short: Number.isFinite(high) }));
}

/** Neutral when an input is missing or infinite, and when both sides would be true. */
function decide(
  inputs: readonly number[],
  { long, short }: { readonly long: boolean; readonly short: boolean },
): Signal {
  if (long === short || !inputs.every(Number.isFinite)) return "N";
  return long ? "L" : "S";
}
