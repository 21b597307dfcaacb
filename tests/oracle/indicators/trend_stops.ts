import { rma, trueRange } from "../blocks.ts";
import type { OracleCandles } from "../candles.ts";
import type { OracleInput } from "./oracle.ts";
import { mapped } from "../../helpers/mapped.ts";

interface Bar {
  readonly h: number;
  readonly l: number;
  readonly c: number;
  /** Distance of the supertrend bands from the middle. */
  readonly reach: number;
}

/** A stop and the side it is on after the bar, 1 or -1; NaN where there is none. */
export interface StopBar {
  readonly stop: number;
  readonly side: number;
}

const none: StopBar = { stop: NaN, side: NaN };

/**
 * Wilder's parabolic stop with the rules of TA-Lib's SAR, start and step apart: the larger move of the first two bars is
 * its first side, and it begins anew after a hole in high or low.
 */
export function psar({ high, low }: OracleCandles, values: OracleInput["values"]): StopBar[] {
  const [max, start, step] = mapped([values.accel_max, values.accel_start, values.accel_step], Number);
  const bars = Array.from(high, (h, t) => ({ h, l: low[t]!, c: 0, reach: 0 }));
  return perStretch(bars, (stretch) => {
    const [first, second] = stretch;
    if (first === undefined || second === undefined) return stretch.map(() => none);
    const down = first.l - second.l;
    let long = !(down > 0 && down > second.h - first.h);
    let next = long ? first.l : first.h;
    let best = long ? second.h : second.l;
    let acceleration = start;
    return stretch.map(({ h, l }, i) => {
      if (i === 0) return none;
      const before = i === 1 ? second : stretch[i - 1]!;
      // what the stop may not pass: the last two lows of a long, the last two highs of a short
      const held = (level: number) => long ? Math.min(level, before.l, l) : Math.max(level, before.h, h);
      let now = next;
      if (long ? l <= next : h >= next) {
        long = !long;
        now = held(best);
        [best, acceleration] = [long ? h : l, start];
      } else if (long ? h > best : l < best) {
        [best, acceleration] = [long ? h : l, Math.min(max, acceleration + step)];
      }
      next = held(now + acceleration * (best - now));
      return { stop: now, side: long ? 1 : -1 };
    });
  });
}

/** Bands that only tighten until a close breaks them; starts anew after a hole in high, low or close. */
export function supertrend(
  { high, low, close }: OracleCandles,
  { mult, window }: { readonly mult: number; readonly window: number },
): StopBar[] {
  const reach = rma(trueRange({ high, low, close }), window).map((a) => mult * a);
  const bars = Array.from(high, (h, t) => ({ h, l: low[t]!, c: close[t]!, reach: reach[t]! }));
  return perStretch(bars, (stretch) => {
    let long = true;
    let upper = NaN;
    let lower = NaN;
    return stretch.map(({ h, l, c, reach }, i) => {
      const middle = (h + l) * 0.5;
      const [newUpper, newLower] = [middle + reach, middle - reach];
      if (i === 0) {
        [long, upper, lower] = [c >= middle, newUpper, newLower];
      } else {
        const before = stretch[i - 1]!.c;
        upper = before > upper ? newUpper : Math.min(upper, newUpper);
        lower = before < lower ? newLower : Math.max(lower, newLower);
        long = long ? c >= lower : c > upper;
      }
      return { stop: long ? lower : upper, side: long ? 1 : -1 };
    });
  });
}

/** `compute` of every run of bars without a NaN, nothing between them. */
function perStretch(
  bars: readonly Bar[],
  compute: (stretch: readonly Bar[]) => readonly StopBar[],
): StopBar[] {
  const isHole = (bar: Bar) => Object.values(bar).some(Number.isNaN);
  const result: StopBar[] = [];
  while (result.length < bars.length) {
    const rest = bars.slice(result.length);
    const hole = rest.findIndex(isHole);
    const stretch = hole < 0 ? rest : rest.slice(0, hole);
    if (stretch.length > 0) result.push(...compute(stretch));
    if (hole >= 0) result.push(none);
  }
  return result;
}
