import fc from "fast-check";
import type { Signal } from "../oracle/rules.ts";
import { accountArbitrary, type RunAccount, type RunCase } from "./kernel_run.ts";
import { generator, pricesArbitrary, signalsArbitrary } from "./series.ts";

/** What the cases of a property are made of. */
export interface RunCaseOptions {
  readonly barsMax: number;
  /** Levels per side. */
  readonly levelsMax: number;
  /** Any account unless told otherwise. */
  readonly accounts?: fc.Arbitrary<RunAccount>;
  /** Prices that jump about and runs of 1 to 40 bars unless told otherwise. */
  readonly closes?: (bars: number) => fc.Arbitrary<number[]>;
  readonly signals?: (bars: number) => fc.Arbitrary<Signal[]>;
}

/** Runs of up to `barsMax` bars, none included, with up to `levelsMax` levels per side. */
export function runCaseArbitrary(options: RunCaseOptions): fc.Arbitrary<RunCase> {
  const { barsMax, levelsMax, accounts = accountArbitrary } = options;
  const { closes = jumpingCloses, signals = signalsArbitrary } = options;
  const levels = fc.uniqueArray(levelArbitrary, { minLength: 1, maxLength: levelsMax });
  return fc.integer({ min: 0, max: barsMax }).chain((bars) =>
    fc.record({
      close: closes(bars),
      signals: signals(bars),
      account: accounts,
      stops: levels,
      targets: levels,
    })
  );
}

/** A level in percent: off, on the entry fill, out of reach, or anything between. */
const levelArbitrary: fc.Arbitrary<number | null> = fc.oneof(
  fc.constantFrom(null, 0, 1e6, 99.99, 100),
  fc.integer({ min: 1, max: 400 }).map((x) => x / 10),
);

/** Prices that jump about, and such that drift for long, so that positions span whole blocks of 64 bars. */
export function mixedCloses(bars: number): fc.Arbitrary<number[]> {
  const drifting = fc.tuple(fc.integer(), fc.constantFrom(-0.002, 0, 0.002))
    .map(([seed, drift]) => walk(bars, { seed, drift }));
  return fc.oneof(jumpingCloses(bars), drifting);
}

/** Prices that double, triple and fall to a thousandth within a few bars and may come back at once. */
export function wildCloses(bars: number): fc.Arbitrary<number[]> {
  const factor = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 95, max: 105 }).map((x) => x / 100) },
    { weight: 1, arbitrary: fc.constantFrom(0.001, 0.02, 0.3, 0.5, 1.9, 2, 2.1, 3, 40) },
  );
  return fc.array(factor, { minLength: bars, maxLength: bars }).map((factors) =>
    factors.map((x) => Math.fround(100 * x))
  );
}

/** Signals in short runs and in runs of 60 to 400 bars. */
export function mixedSignals(bars: number): fc.Arbitrary<Signal[]> {
  return fc.oneof(signalsArbitrary(bars), longRuns(bars));
}

function jumpingCloses(bars: number): fc.Arbitrary<number[]> {
  return pricesArbitrary({ minLength: bars, maxLength: bars }, { holes: false });
}

function longRuns(bars: number): fc.Arbitrary<Signal[]> {
  const run = fc.tuple(fc.constantFrom<Signal>("L", "S", "N"), fc.integer({ min: 60, max: 400 }));
  const runs = Math.ceil(bars / 60);
  return fc.array(run, { minLength: runs, maxLength: runs })
    .map((list) => list.flatMap(([signal, length]) => Array<Signal>(length).fill(signal)).slice(0, bars));
}

function walk(bars: number, { seed, drift }: { readonly seed: number; readonly drift: number }): number[] {
  const random = generator(seed);
  let price = 100;
  return Array.from({ length: bars }, () => {
    price *= 1 + drift + (random() - 0.5) * 0.02;
    return Math.fround(price);
  });
}
