import fc from "fast-check";
import type { OracleCandles } from "../oracle/candles.ts";
import { generator } from "./series.ts";

const priceKinds = ["ticks", "flat", "signed", "huge", "tiny", "mixed"] as const;
const volumeKinds = ["ticks", "flat", "zero", "sparse", "missing", "mixed"] as const;

/** What a rough series is made of. */
export type SeriesKind = typeof priceKinds[number] | typeof volumeKinds[number];

/** How rough candles are drawn; `seed` decides the rest, so that a long series stays cheap to draw and to shrink. */
export interface RoughCandles {
  readonly bars: number;
  readonly seed: number;
  readonly prices: SeriesKind;
  readonly volumes: SeriesKind;
  /** Share of values that are missing. */
  readonly holes: number;
  /** High and low enclose open and close. */
  readonly ordered: boolean;
}

/** Candles no market has: flat stretches, holes, prices from 1e-31 to 1e32, no volume. At most `barsMax` bars. */
export function roughCandlesArbitrary(barsMax: number): fc.Arbitrary<RoughCandles> {
  return fc.record({
    bars: fc.integer({ min: 0, max: barsMax }),
    seed: fc.nat(),
    prices: fc.constantFrom(...priceKinds),
    volumes: fc.constantFrom(...volumeKinds),
    holes: fc.constantFrom(0, 0.01, 0.05),
    ordered: fc.boolean(),
  });
}

/** The candles, every value an f32. */
export function roughCandles({ bars, seed, prices, volumes, holes, ordered }: RoughCandles): OracleCandles {
  const random = generator(seed);
  const column = (kind: SeriesKind) => roughSeries(bars, { kind, holes, random });
  const [open, high, low, close] = [column(prices), column(prices), column(prices), column(prices)];
  const candles = { open, high, low, close, volume: column(volumes) };
  if (!ordered) return candles;
  const enclosing = (pick: (...values: number[]) => number) =>
    high.map((value, t) =>
      Number.isNaN(value) ? NaN : pick(...[value, low[t]!, open[t]!, close[t]!].filter(known))
    );
  return { ...candles, high: enclosing(Math.max), low: enclosing(Math.min) };
}

interface SeriesShape {
  readonly kind: SeriesKind;
  readonly holes: number;
  readonly random: () => number;
}

function roughSeries(bars: number, { kind, holes, random }: SeriesShape): number[] {
  let value = draw(kind, random);
  return Array.from({ length: bars }, () => {
    if (random() < 0.7) value = draw(kind, random);
    return random() < holes ? NaN : Math.fround(value);
  });
}

function draw(kind: SeriesKind, random: () => number): number {
  const ticks = 1 + Math.floor(random() * 400);
  switch (kind) {
    case "ticks":
      return ticks / 10;
    case "flat":
      return 20;
    case "signed":
      return (ticks % 5) - 2;
    case "huge":
      return ticks * 1e29;
    case "tiny":
      return ticks * 1e-31;
    case "zero":
      return 0;
    case "sparse":
      return ticks % 3 === 0 ? ticks : 0;
    case "missing":
      return NaN;
    case "mixed":
      return (ticks / 10) * [1, 1, 1e30, 1e-30][ticks % 4]!;
  }
}

function known(value: number): boolean {
  return !Number.isNaN(value);
}
