import { ema, fromFirst, highest, lowest, overWindows, sma, wilder, zip } from "./blocks.ts";
import type { TalibInput, TalibRules } from "./rules.ts";

/** The oscillators. */
export const momentumRules: TalibRules = {
  "momentum.cci": {
    made: "CCI",
    series: ({ high, low, close, window }) => {
      const price = close.map((c, t) => (high[t]! + low[t]! + c) / 3);
      return overWindows(price, {
        window,
        fold: (values) => {
          const centre = values.reduce((total, value) => total + value, 0) / window;
          const away = values.reduce((total, value) => total + Math.abs(value - centre), 0);
          return (values[window - 1]! - centre) / (0.015 * away / window);
        },
      });
    },
  },
  "momentum.macd": {
    made: "MACD",
    series: (input) => fastAndSlow(input).map(({ fast, slow }) => fast - slow),
  },
  "momentum.ppo": {
    made: "PPO with MA type EMA",
    series: ({ x, values }) =>
      zip(ema(x, values.fast_window), {
        b: ema(x, values.slow_window),
        combine: (fast, slow) => 100 * (fast - slow) / slow,
      }),
  },
  "momentum.roc": {
    made: "ROC",
    series: ({ x, window }) => x.map((value, t) => t < window ? NaN : 100 * (value / x[t - window]! - 1)),
  },
  "momentum.rsi": { made: "RSI", series: ({ x, window }) => rsi(x, window) },
  "momentum.stoch": {
    made: "STOCH, slow %K with SMA",
    series: ({ high, low, close, values }) =>
      sma(fastK(close, { high, low, window: values.k_window }), values.smoothing),
  },
  "momentum.stoch_rsi": {
    made: "STOCHRSI, fast %D with SMA",
    series: ({ x, values }) => {
      const strength = rsi(x, values.rsi_window);
      const places = fromFirst(
        strength,
        (known) => fastK(known, { high: known, low: known, window: values.k_window }),
      );
      return sma(places, values.smoothing);
    },
  },
  "momentum.trix": {
    made: "TRIX",
    series: ({ x, window }) => {
      const thrice = ema(ema(ema(x, window), window), window);
      return thrice.map((value, t) => t === 0 ? NaN : 100 * (value / thrice[t - 1]! - 1));
    },
  },
  "momentum.williams_r": {
    made: "WILLR",
    series: ({ high, low, close, window }) => {
      const [top, bottom] = [highest(high, window), lowest(low, window)];
      return close.map((c, t) => -100 * (top[t]! - c) / (top[t]! - bottom[t]!));
    },
  },
};

/** Both averages begin on the slow one's first bar: the fast one's first mean is of the bars before that. */
function fastAndSlow({ x, values: { fast_window, slow_window } }: TalibInput) {
  const [short, long] = [Math.min(fast_window, slow_window), Math.max(fast_window, slow_window)];
  const late = x.map((value, t) => t < long - short ? NaN : value);
  const [quick, steady] = [ema(late, short), ema(x, long)];
  const turned = fast_window > slow_window;
  return quick.map((value, t) =>
    turned ? { fast: steady[t]!, slow: value } : { fast: value, slow: steady[t]! }
  );
}

function rsi(x: readonly number[], window: number): number[] {
  const change = x.map((value, t) => t === 0 ? NaN : value - x[t - 1]!);
  const up = wilder(change.map((by) => Number.isNaN(by) ? NaN : Math.max(by, 0)), window);
  const down = wilder(change.map((by) => Number.isNaN(by) ? NaN : Math.max(-by, 0)), window);
  return zip(up, { b: down, combine: (gain, loss) => 100 * gain / (gain + loss) });
}

function fastK(
  x: readonly number[],
  { high, low, window }: {
    readonly high: readonly number[];
    readonly low: readonly number[];
    readonly window: number;
  },
): number[] {
  const [top, bottom] = [highest(high, window), lowest(low, window)];
  return x.map((value, t) => 100 * (value - bottom[t]!) / (top[t]! - bottom[t]!));
}
