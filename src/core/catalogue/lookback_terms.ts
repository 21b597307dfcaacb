// What a definition's `lookback` is written in. A term carries its number and its formula, so that the catalogue says it
// once for the warm-up and for the documents.

/** Chosen values of an indicator's axes by name. */
export type ChosenValues = Readonly<Record<string, number | string>>;

/** How many bars before its own a value depends on. */
export interface Lookback {
  /** The formula over the axes' names. */
  readonly text: string;
  /** The value rests on a first value whose share fades: counted until 1 % of it is left. */
  readonly recursive: boolean;
  readonly bars: (values: ChosenValues) => number;
}

/** Share of a seed that counts as gone. */
export const seedShareLeft = 0.01;

/** A fixed number of bars. */
export function fixed(bars: number): Lookback {
  return { text: String(bars), recursive: false, bars: () => bars };
}

/** An axis's value, and `change` more. */
export function axis(name: string, change = 0): Lookback {
  const text = change === 0 ? name : `${name} ${change < 0 ? "-" : "+"} ${Math.abs(change)}`;
  return { text, recursive: false, bars: (values) => numberOf(values, name) + change };
}

/** An integer made from an axis's value; `text` is its formula. */
export function made(
  name: string,
  { text, make }: { readonly text: string; readonly make: (value: number) => number },
): Lookback {
  return { text, recursive: false, bars: (values) => make(numberOf(values, name)) };
}

/** One after the other. */
export function sum(...terms: readonly Lookback[]): Lookback {
  return {
    text: terms.map(({ text }) => text).join(" + ").replaceAll("+ -", "- "),
    recursive: terms.some(({ recursive }) => recursive),
    bars: (values) => terms.reduce((total, { bars }) => total + bars(values), 0),
  };
}

/** Side by side: the longest of them. */
export function longest(...terms: readonly Lookback[]): Lookback {
  return {
    text: `max(${terms.map(({ text }) => text).join(", ")})`,
    recursive: terms.some(({ recursive }) => recursive),
    bars: (values) => Math.max(...terms.map(({ bars }) => bars(values))),
  };
}

/** The seeds of recursive averages, with the share that `t` bars leave; `a` is the weight of a new value. */
const seeds = {
  ema: (window: number) => ({ weight: 2 / (window + 1), share: once }),
  rma: (window: number) => ({ weight: 1 / window, share: once }),
  dema: (window: number) => ({
    weight: 2 / (window + 1),
    share: (a: number, t: number) => 2 * once(a, t) - twice(a, t),
  }),
  tema: (window: number) => ({
    weight: 2 / (window + 1),
    share: (a: number, t: number) => 3 * once(a, t) - 3 * twice(a, t) + thrice(a, t),
  }),
  ema3: (window: number) => ({ weight: 2 / (window + 1), share: thrice }),
  stop: (acceleration: number) => ({ weight: acceleration, share: once }),
} as const;

/** Bars until 1 % is left of the seed of an average (or of a parabolic stop's first level) with this axis. */
export function seed(kind: keyof typeof seeds, name: string): Lookback {
  return {
    text: `${kind}(${name})`,
    recursive: true,
    bars(values) {
      const { weight, share } = seeds[kind](numberOf(values, name));
      return barsUntilFaded((t) => share(weight, t), weight);
    },
  };
}

/** As {@link seed}, of a Wilder average over `outer` of what Wilder averages over `inner` give. */
export function seedOfTwo(inner: string, outer: string): Lookback {
  return {
    text: `rma(rma(${inner}), ${outer})`,
    recursive: true,
    bars(values) {
      const [first, second] = [1 / numberOf(values, inner), 1 / numberOf(values, outer)];
      return barsUntilFaded((t) => {
        const [fast, slow] = [once(first, t), once(second, t)];
        if (first === second) return twice(first, t);
        return slow + second * (1 - first) * (fast - slow) / (second - first);
      }, Math.min(first, second));
    },
  };
}

// The first value weighs b^t in an average of weight a = 1 - b after t bars, b^t (1 + a t) in the average of that, and
// b^t (1 + a t + a^2 t (t + 1) / 2) in the third.

function once(a: number, t: number): number {
  return (1 - a) ** t;
}

function twice(a: number, t: number): number {
  return once(a, t) * (1 + a * t);
}

function thrice(a: number, t: number): number {
  return once(a, t) * (1 + a * t + a * a * t * (t + 1) / 2);
}

/** The first bar from which on the share stays within 1 %. After 12 / weight bars every share above is below 0.1 %. */
function barsUntilFaded(share: (t: number) => number, weight: number): number {
  let bars = Math.ceil(12 / weight);
  while (bars > 0 && Math.abs(share(bars - 1)) <= seedShareLeft) bars--;
  return bars;
}

function numberOf(values: ChosenValues, name: string): number {
  const value = values[name];
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new RangeError(`a lookback needs the axis ${name} as a number, not ${value}`);
  }
  return value;
}
