// Averages as TA-Lib starts them: with the plain mean of the first window, where this project starts with the first value.
// Written from its published rules, on series that hold no value until their first one and no hole after it.

/** A series from its first value on, moved back to its place. */
export function fromFirst(x: readonly number[], compute: (known: readonly number[]) => number[]): number[] {
  const first = x.findIndex((value) => !Number.isNaN(value));
  if (first < 0) return x.map(() => NaN);
  return [...Array<number>(first).fill(NaN), ...compute(x.slice(first))];
}

/** SMA. */
export function sma(x: readonly number[], window: number): number[] {
  return fromFirst(x, (known) => overWindows(known, { window, fold: average }));
}

/** EMA: `p + 2 / (w + 1) * (x - p)` from the mean of the first window. */
export function ema(x: readonly number[], window: number): number[] {
  return smoothed(x, { window, weight: 2 / (window + 1) });
}

/** Wilder's average: `(p * (w - 1) + x) / w` from the mean of the first window. */
export function wilder(x: readonly number[], window: number): number[] {
  return smoothed(x, { window, weight: 1 / window });
}

/** WMA, the newest value weighing `window`. */
export function wma(x: readonly number[], window: number): number[] {
  const weighted = (values: readonly number[]) =>
    values.reduce((sum, value, i) => sum + value * (i + 1), 0) / (window * (window + 1) / 2);
  return fromFirst(x, (known) => overWindows(known, { window, fold: weighted }));
}

/** VAR and the square of STDDEV, by distances from the mean. */
export function variance(x: readonly number[], window: number): number[] {
  const spread = (values: readonly number[]) => {
    const centre = average(values);
    return average(values.map((value) => (value - centre) ** 2));
  };
  return fromFirst(x, (known) => overWindows(known, { window, fold: spread }));
}

/** SUM. */
export function sum(x: readonly number[], window: number): number[] {
  return sma(x, window).map((value) => value * window);
}

/** MAX. */
export function highest(x: readonly number[], window: number): number[] {
  return fromFirst(x, (known) => overWindows(known, { window, fold: (values) => Math.max(...values) }));
}

/** MIN. */
export function lowest(x: readonly number[], window: number): number[] {
  return fromFirst(x, (known) => overWindows(known, { window, fold: (values) => Math.min(...values) }));
}

/** `fold` of every whole window. */
export function overWindows(
  x: readonly number[],
  { window, fold }: { readonly window: number; readonly fold: (values: readonly number[]) => number },
): number[] {
  return x.map((_, t) => t + 1 < window ? NaN : fold(x.slice(t + 1 - window, t + 1)));
}

/** Value by value. */
export function zip(
  a: readonly number[],
  { b, combine }: { readonly b: readonly number[]; readonly combine: (a: number, b: number) => number },
): number[] {
  return a.map((value, t) => combine(value, b[t]!));
}

function smoothed(
  x: readonly number[],
  { window, weight }: { readonly window: number; readonly weight: number },
): number[] {
  return fromFirst(x, (known) => {
    let value = NaN;
    return known.map((next, t) => {
      if (t === window - 1) value = average(known.slice(0, window));
      else if (t >= window) value += weight * (next - value);
      return value;
    });
  });
}

function average(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
