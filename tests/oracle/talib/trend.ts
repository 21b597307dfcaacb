import { ema, fromFirst, highest, lowest, overWindows, sum, wilder, zip } from "./blocks.ts";
import { atr, trueRange } from "./ranges.ts";
import type { TalibInput, TalibRules } from "./rules.ts";

/** Trend lines and strengths. */
export const trendRules: TalibRules = {
  "structure.pivot_high": { made: "FRACTAL", series: (input) => fractal(input.high, input.values) },
  "structure.pivot_low": {
    made: "FRACTAL",
    series: ({ low, values }) => fractal(low.map((value) => -value), values).map((value) => -value),
  },
  "structure.pivots": { made: "FRACTAL", series: (input) => fractal(input.high, input.values) },
  "trend.adx": {
    made: "ADX, its second average over `smoothing`",
    series: ({ high, low, values, window }) => {
      const move = (side: (up: number, down: number) => number) => {
        const by = high.map((h, t) => t === 0 ? NaN : side(h - high[t - 1]!, low[t - 1]! - low[t]!));
        return fromFirst(by, (known) => wilderSum(known, window));
      };
      const plus = move((up, down) => up > down && up > 0 ? up : 0);
      const minus = move((up, down) => down > up && down > 0 ? down : 0);
      // the true range divides both and so drops out
      const index = zip(plus, { b: minus, combine: (p, m) => 100 * Math.abs(p - m) / (p + m) });
      return wilder(index, values.smoothing);
    },
  },
  "trend.aroon": {
    made: "AROONOSC",
    series: ({ high, low, window }) => {
      const last = (x: readonly number[]) =>
        overWindows(x, { window: window + 1, fold: (values) => values.lastIndexOf(Math.max(...values)) });
      const [top, bottom] = [last(high), last(low.map((value) => -value))];
      return zip(top, { b: bottom, combine: (up, down) => 100 * (up - down) / window });
    },
  },
  "trend.donchian": { made: "DONCHIAN", series: (input) => midprice(input, input.window) },
  "trend.ichimoku": {
    made: "MIDPRICE",
    series: (input) => {
      const span = spanA(input);
      return span.map((_, t) => span[t + input.values.displacement] ?? NaN);
    },
  },
  "trend.ichimoku_causal": {
    made: "MIDPRICE",
    series: (input) => {
      const span = spanA(input);
      return span.map((_, t) => span[t - input.values.displacement] ?? NaN);
    },
  },
  "trend.keltner": {
    made: "KC",
    series: ({ high, low, close, window }) => ema(close.map((c, t) => (high[t]! + low[t]! + c) / 3), window),
  },
  "trend.linreg": {
    made: "LINEARREG",
    series: ({ x, window: n }) => {
      const fold = (values: readonly number[]) => {
        const mean = values.reduce((total, value) => total + (value - values[0]!) / n, 0) + values[0]!;
        return mean + slope(values) * (n - 1) / 2;
      };
      return overWindows(x, { window: n, fold });
    },
  },
  "trend.linreg_slope": {
    made: "LINEARREG_SLOPE",
    series: ({ x, window: n }) => overWindows(x, { window: n, fold: slope }),
  },
  "trend.psar": { made: "SAREXT, without the sign of shorts", series: sarExt },
  "trend.supertrend": { made: "SUPERTREND", series: superTrend },
  "trend.vortex": {
    made: "VORTEX",
    series: (input) => {
      const move = input.high.map((h, t) => t === 0 ? NaN : Math.abs(h - input.low[t - 1]!));
      const ranges = sum(trueRange(input), input.window);
      return zip(sum(move, input.window), { b: ranges, combine: (a, b) => a / b });
    },
  },
};

function slope(values: readonly number[]): number {
  const n = values.length;
  const middle = (n - 1) / 2;
  const spread = n * (n * n - 1) / 12;
  return values.reduce((total, value, i) => total + (i - middle) * (value - values[0]!), 0) / spread;
}

function midprice({ high, low }: TalibInput, window: number): number[] {
  return zip(highest(high, window), { b: lowest(low, window), combine: (top, bottom) => (top + bottom) / 2 });
}

function spanA(input: TalibInput): number[] {
  const conversion = midprice(input, input.values.conversion_window);
  return zip(conversion, { b: midprice(input, input.values.base_window), combine: (a, b) => (a + b) / 2 });
}

/** ADX's running sum: the first `window - 1` values added up, then `s - s / window + x`. */
function wilderSum(x: readonly number[], window: number): number[] {
  let sum = 0;
  return x.map((value, t) => {
    sum += t < window - 1 ? value : value - sum / window;
    return t < window - 1 ? NaN : sum;
  });
}

/** The high of `right` bars ago where it is above all others from `left` bars before it on. */
function fractal(x: readonly number[], { left, right }: TalibInput["values"]): number[] {
  return overWindows(x, {
    window: left + right + 1,
    fold: (values) => values.every((value, i) => i === left || value < values[left]!) ? values[left]! : NaN,
  });
}

/** Two separate halves, as the published code has them. */
function sarExt({ high, low, values }: TalibInput): number[] {
  const { accel_start: start, accel_step: step, accel_max: most } = values;
  const down = low[0]! - low[1]!;
  let long = !(down > 0 && down > high[1]! - high[0]!);
  let [sar, ep, af] = long ? [low[0]!, high[1]!, start] : [high[0]!, low[1]!, start];
  return high.map((newHigh, t) => {
    if (t === 0) return NaN;
    const newLow = low[t]!;
    const [oldHigh, oldLow] = t === 1 ? [newHigh, newLow] : [high[t - 1]!, low[t - 1]!];
    let out = sar;
    if (long) {
      if (newLow <= sar) {
        [long, out, af] = [false, Math.max(ep, oldHigh, newHigh), start];
        ep = newLow;
        sar = Math.max(out + af * (ep - out), oldHigh, newHigh);
      } else {
        if (newHigh > ep) [ep, af] = [newHigh, Math.min(af + step, most)];
        sar = Math.min(sar + af * (ep - sar), oldLow, newLow);
      }
    } else if (newHigh >= sar) {
      [long, out, af] = [true, Math.min(ep, oldLow, newLow), start];
      ep = newHigh;
      sar = Math.min(out + af * (ep - out), oldLow, newLow);
    } else {
      if (newLow < ep) [ep, af] = [newLow, Math.min(af + step, most)];
      sar = Math.max(sar + af * (ep - sar), oldHigh, newHigh);
    }
    return out;
  });
}

function superTrend(input: TalibInput): number[] {
  const { high, low, close, values, window } = input;
  const ranges = atr(input, window);
  const middle = high.map((h, t) => (h + low[t]!) / 2);
  let state: { readonly upper: number; readonly lower: number; readonly up: boolean } | undefined;
  return fromFirst(ranges, (known) => {
    const from = ranges.length - known.length;
    return known.map((range, i) => {
      const t = from + i;
      const [above, below] = [middle[t]! + values.mult * range, middle[t]! - values.mult * range];
      if (state === undefined) state = { upper: above, lower: below, up: close[t]! > middle[t]! };
      else {
        const upper = above < state.upper || close[t - 1]! > state.upper ? above : state.upper;
        const lower = below > state.lower || close[t - 1]! < state.lower ? below : state.lower;
        state = { upper, lower, up: state.up ? close[t]! >= lower : close[t]! > upper };
      }
      return state.up ? state.lower : state.upper;
    });
  });
}
