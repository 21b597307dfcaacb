// The building blocks of indicators as their definitions read, window by window where that gives the same bits.

/** The values `[from, to)`. */
export function slice(x: ArrayLike<number>, from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => x[from + i]);
}

/** `fold` of every whole window without a NaN, NaN elsewhere. */
export function windowed(
  x: ArrayLike<number>,
  window: number,
  fold: (values: readonly number[], t: number) => number,
): number[] {
  return Array.from(x, (_, t) => {
    if (t + 1 < window) return NaN;
    const values = slice(x, t + 1 - window, t + 1);
    return values.some(Number.isNaN) ? NaN : fold(values, t);
  });
}

/** Running sum: the new value is added, then the old one subtracted, never reset. */
export function sum(x: readonly number[], window: number): number[] {
  let running = 0;
  const sums = x.map((value, t) => {
    if (!Number.isNaN(value)) running += value;
    if (t >= window && !Number.isNaN(x[t - window])) running -= x[t - window];
    return running;
  });
  return windowed(x, window, (_, t) => sums[t]);
}

/** Running mean. */
export function mean(x: readonly number[], window: number): number[] {
  return sum(x, window).map((value) => value / window);
}

/** Population variance from running sums; rounding slightly below 0 counts as 0. */
export function variance(x: readonly number[], window: number): number[] {
  const squares = sum(x.map((value) => value * value), window);
  return mean(x, window).map((m, t) => {
    const v = squares[t] / window - m * m;
    return v < 0 && v > -1e-12 ? 0 : v;
  });
}

/** Population deviation. */
export function deviation(x: readonly number[], window: number): number[] {
  return variance(x, window).map(Math.sqrt);
}

/** Sum of `above` over sum of `below`; NaN where the latter is 0. */
export function ratioOfSums(above: readonly number[], below: readonly number[], window: number): number[] {
  const denominator = sum(below, window);
  return sum(above, window).map((value, t) => denominator[t] === 0 ? NaN : value / denominator[t]);
}

/** Linearly weighted average, the newest value weighing most: each step first ages the weighted sum by the plain one. */
export function wma(x: readonly number[], window: number): number[] {
  const known = x.map((value) => Number.isNaN(value) ? 0 : value);
  let plain = 0;
  let weighted = 0;
  const averages = known.map((value, t) => {
    weighted = t < window ? weighted + (t + 1) * value : weighted - plain + window * value;
    plain = plain - (t < window ? 0 : known[t - window]) + value;
    return weighted / (window * (window + 1) / 2);
  });
  return windowed(x, window, (_, t) => averages[t]);
}

/** Exponential average seeded with the first valid value, and anew after a hole. */
function ewma(x: readonly number[], weight: number): number[] {
  let average = NaN;
  return x.map((value) => {
    average = Number.isNaN(average) ? value : weight * value + (1 - weight) * average;
    return average;
  });
}

/** Exponential moving average of a window. */
export function ema(x: readonly number[], window: number): number[] {
  return ewma(x, 2 / (window + 1));
}

/** Wilder's moving average. */
export function rma(x: readonly number[], window: number): number[] {
  return ewma(x, 1 / window);
}

/** Highest of the window. */
export function highest(x: ArrayLike<number>, window: number): number[] {
  return windowed(x, window, (values) => Math.max(...values));
}

/** Lowest of the window. */
export function lowest(x: ArrayLike<number>, window: number): number[] {
  return windowed(x, window, (values) => Math.min(...values));
}

/** True range with the previous close; high minus low where there is none. */
export function trueRange(
  { high, low, close }: {
    readonly high: ArrayLike<number>;
    readonly low: ArrayLike<number>;
    readonly close: ArrayLike<number>;
  },
): number[] {
  return Array.from(high, (h, t) => {
    const previous = t === 0 ? NaN : close[t - 1];
    if (Number.isNaN(h) || Number.isNaN(low[t])) return NaN;
    if (Number.isNaN(previous)) return h - low[t];
    return Math.max(h - low[t], Math.abs(h - previous), Math.abs(low[t] - previous));
  });
}
