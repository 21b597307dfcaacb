// The building blocks of indicators as their definitions read, window by window where that gives the same bits.

/** The values `[from, to)`. */
export function slice(x: ArrayLike<number>, from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => x[from + i]!);
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

/**
 * Sum of each window. The series is cut into blocks of `window`; what of the window lies in the older block is added from
 * the newest value to the oldest, what lies in the newer one from the oldest to the newest, and the two last.
 */
export function sum(x: readonly number[], window: number): number[] {
  const added = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return windowed(x, window, (values, t) => {
    const { tail, head } = parted(values, t);
    return added(tail.toReversed()) + added(head);
  });
}

/** Mean of each window. */
export function mean(x: readonly number[], window: number): number[] {
  return sum(x, window).map((value) => value / window);
}

/** Population variance, from each window's own mean; less what rounding took from the mean. */
export function variance(x: readonly number[], window: number): number[] {
  return windowed(x, window, (values) => {
    const centre = values.reduce((total, value) => total + value / window, 0);
    const distances = values.map((value) => value - centre);
    const off = distances.reduce((total, distance) => total + distance, 0) / window;
    if (values.every((value) => value === values[0])) return 0;
    return distances.reduce((total, distance) => total + (distance - off) ** 2, 0) / window;
  });
}

/** Population deviation. */
export function deviation(x: readonly number[], window: number): number[] {
  return variance(x, window).map(Math.sqrt);
}

/** Sum of `above` over sum of `below`; NaN where the latter is 0. */
export function ratioOfSums(above: readonly number[], below: readonly number[], window: number): number[] {
  const denominator = sum(below, window);
  return sum(above, window).map((value, t) => denominator[t] === 0 ? NaN : value / denominator[t]!);
}

/** Linearly weighted average, the newest value weighing `window`; added up in the order of {@link sum}. */
export function wma(x: readonly number[], window: number): number[] {
  return windowed(x, window, (values, t) => {
    const { tail, head } = parted(values, t);
    let [plainTail, weightedTail] = [0, 0];
    // the newest value of the tail is in every step's sum, the oldest in the last one only
    for (const value of tail.toReversed()) weightedTail += plainTail += value;
    let [plainHead, weightedHead] = [0, 0];
    head.forEach((value, i) => {
      plainHead += value;
      weightedHead += (i + 1) * value;
    });
    return (weightedTail + (weightedHead + tail.length * plainHead)) / (window * (window + 1) / 2);
  });
}

/** The part of the window ending at `t` that lies in the older block, and the rest. */
function parted(values: readonly number[], t: number) {
  const place = (t + 1) % values.length;
  const inNewer = place === 0 ? values.length : place;
  return { tail: values.slice(0, values.length - inNewer), head: values.slice(values.length - inNewer) };
}

/** Exponential average seeded with the first valid value, and anew after a hole; where rounding stops it, it is there. */
function ewma(x: readonly number[], weight: number): number[] {
  let average = NaN;
  return x.map((value) => {
    const next = weight * value + (1 - weight) * average;
    average = Number.isNaN(average) || average === value || average === next ? value : next;
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
    const previous = t === 0 ? NaN : close[t - 1]!;
    if (Number.isNaN(h) || Number.isNaN(low[t])) return NaN;
    if (Number.isNaN(previous)) return h - low[t]!;
    return Math.max(h - low[t]!, Math.abs(h - previous), Math.abs(low[t]! - previous));
  });
}
