import assert from "node:assert/strict";
import fc from "fast-check";
import { kernelSeries } from "../helpers/kernel_series.ts";
import { generator, kernelBench } from "../helpers/series.ts";
import type { OracleCandles } from "../oracle/candles.ts";
import { mapped } from "../helpers/mapped.ts";

// Every value is compared with sums made anew from its own window in f64, so that nothing that is not in the window can
// count: on walks with huge ticks, flat stretches, bars without range or volume, and holes.

const bench = kernelBench();

/** What happens to a market besides its walk. */
interface Incidents {
  readonly seed: number;
  readonly bars: number;
  readonly window: number;
  /** One tick is this much higher than the others. */
  readonly tick: number;
  readonly holes: number;
}

const incidents: fc.Arbitrary<Incidents> = fc.record({
  seed: fc.nat(),
  bars: fc.integer({ min: 1, max: 300 }),
  window: fc.oneof(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 2, max: 320 })),
  tick: fc.constantFrom(1, 1e5, 1e12, 1e30),
  holes: fc.constantFrom(0, 0, 0.01),
});

Deno.test("2.1 volatility.variance, stddev and structure.zscore are those of the window alone, whatever was before", () => {
  checkSeries((candles, window) => {
    const prices = Array.from(candles.close);
    const spread = windows(prices, { window, fold: variance });
    const middle = windows(prices, { window, fold: mean });
    compare("volatility.variance", { candles, window, expected: spread });
    compare("volatility.stddev", { candles, window, expected: spread.map(Math.sqrt) });
    const score = spread.map((v, t) => v === 0 ? NaN : (prices[t]! - middle[t]!) / Math.sqrt(v));
    compare("structure.zscore", { candles, window, expected: score });
  });
});

Deno.test("2.1 the Bollinger bands are those of the window alone; percent b is missing where they meet", () => {
  checkSeries((candles, window) => {
    const prices = Array.from(candles.close);
    const sigma = windows(prices, { window, fold: variance }).map(Math.sqrt);
    const middle = windows(prices, { window, fold: mean });
    compare("volatility.bbands", { candles, window, expected: middle });
    compare("volatility.bbands_bandwidth", {
      candles,
      window,
      expected: sigma.map((s, t) => 4 * s / middle[t]!),
    });
    const place = sigma.map((s, t) => s === 0 ? NaN : (prices[t]! - middle[t]!) / (4 * s) + 0.5);
    compare("volatility.bbands_percent_b", { candles, window, expected: place });
  });
});

Deno.test("2.1 averages by volume are those of the window alone, missing without volume", () => {
  checkSeries((candles, window) => {
    const volumes = Array.from(candles.volume);
    const held = windows(volumes, { window, fold: total });
    const weighted = (prices: readonly number[]) =>
      windows(prices.map((price, t) => price * volumes[t]!), { window, fold: total })
        .map((turnover, t) => held[t] === 0 ? NaN : turnover / held[t]!);
    compare("ma.vwma", { candles, window, expected: weighted(Array.from(candles.close)) });
    compare("volume.vwap", { candles, window, expected: weighted(typical(candles)) });
    compare("volume.volume_sma", { candles, window, expected: held.map((sum) => sum / window) });
  });
});

Deno.test("2.1 volume.mfi lies in 0..100, is exact at its ends, and missing where the window holds no flow", () => {
  checkSeries((candles, window) => {
    const price = typical(candles);
    const flow = (side: number) =>
      price.map((p, t) => {
        const change = t === 0 ? NaN : p - price[t - 1]!;
        const size = p * candles.volume[t]!;
        return Number.isNaN(change) || Number.isNaN(size) ? NaN : Math.sign(change) === side ? size : 0;
      });
    const [rising, falling] = mapped([1, -1], (side) => windows(flow(side), { window, fold: total }));
    const expected = rising.map((p, t) => p + falling[t]! === 0 ? NaN : 100 * p / (p + falling[t]!));
    const actual = compare("volume.mfi", { candles, window, expected });
    assert.ok(actual.every((value) => !(value < 0 || value > 100)));
    actual.forEach((value, t) => {
      if (Number.isNaN(value)) return;
      if (rising[t]! === 0) assert.equal(value, 0);
      if (falling[t]! === 0) assert.equal(value, 100);
    });
  });
});

Deno.test("2.1 volume.cmf lies in -1..1, is 0 exactly where no bar of the window has range", () => {
  checkSeries((candles, window) => {
    const { high, low, close, volume } = candles;
    const flow = Array.from(close, (c, t) => {
      const range = high[t]! - low[t]!;
      const place = range === 0 ? 0 : (c - low[t]! - (high[t]! - c)) / range;
      return [c, range, volume[t]].some(Number.isNaN) ? NaN : place * volume[t]!;
    });
    const volumes = windows(Array.from(volume), { window, fold: total });
    const flows = windows(flow, { window, fold: total });
    const expected = flows.map((sum, t) => volumes[t] === 0 ? NaN : sum / volumes[t]!);
    const actual = compare("volume.cmf", { candles, window, expected });
    assert.ok(actual.every((value) => !(Math.abs(value) > 1)));
    const ranges = windows(Array.from(high, (h, t) => h - low[t]!), { window, fold: total });
    actual.forEach((value, t) => {
      if (!Number.isNaN(value) && ranges[t] === 0) assert.equal(value, 0);
    });
  });
});

Deno.test("2.1 momentum.stoch and momentum.stoch_rsi lie in 0..100, and are 0 exactly while all their places are", () => {
  checkSeries((candles, window) => {
    for (const id of ["momentum.stoch", "momentum.stoch_rsi"]) {
      const smoothed = (smoothing: number) =>
        seriesOf(id, { candles, values: { k_window: window, rsi_window: 5, smoothing, d_window: 3 } });
      const [places, means] = mapped([1, 4], smoothed);
      means.forEach((value, t) => {
        assert.ok(!(value < 0 || value > 100), `${id}: ${value}`);
        const held = places.slice(Math.max(0, t - 3), t + 1);
        if (!Number.isNaN(value) && held.every((place) => place === 0)) assert.equal(value, 0);
      });
    }
  });
});

Deno.test("2.1 weighted averages and vortex are those of the window alone", () => {
  checkSeries((candles, window) => {
    const weights = (values: readonly number[]) =>
      values.reduce((sum, value, i) => sum + (i + 1) * value, 0) / (window * (window + 1) / 2);
    const expected = windows(Array.from(candles.close), { window, fold: weights });
    for (const id of ["ma.wma", "ma.lwma"]) compare(id, { candles, window, expected });
    const { high, low, close } = candles;
    const move = Array.from(high, (h, t) => t === 0 ? NaN : Math.abs(h - low[t - 1]!));
    const range = Array.from(high, (h, t) => {
      if (t === 0 || Number.isNaN(close[t - 1])) return h - low[t]!;
      return Math.max(h - low[t]!, Math.abs(h - close[t - 1]!), Math.abs(low[t]! - close[t - 1]!)) +
        0 * (h - low[t]!);
    });
    const ranges = windows(range, { window, fold: total });
    const vortex = windows(move, { window, fold: total })
      .map((sum, t) => ranges[t] === 0 ? NaN : sum / ranges[t]!);
    compare("trend.vortex", { candles, window, expected: vortex });
  });
});

Deno.test("2.1 momentum.cci is missing on a flat stretch, whatever the price", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      fc.integer({ min: 2, max: 60 }),
      (p, window) => {
        const flat = Array<number>(80).fill(Math.fround(p));
        const candles = {
          open: flat,
          high: flat.map((x) => Math.fround(x * 1.01)),
          low: flat,
          close: flat,
          volume: flat,
        };
        assert.ok(seriesOf("momentum.cci", { candles, values: { window } }).every(Number.isNaN));
      },
    ),
  );
});

Deno.test("2.1 one tick from 1 to 100,000: the deviation over 20 bars is right again on the bar it has left", () => {
  const close = Array.from({ length: 400 }, (_, t) => t === 100 ? 1e5 : 1 + 0.01 * Math.sin(t));
  const candles = { open: close, high: close, low: close, close, volume: close.map(() => 1) };
  const rounded = { ...candles, close: close.map(Math.fround) };
  const clean = { ...rounded, close: rounded.close.map((value, t) => t === 100 ? 1 : value) };
  for (
    const id of [
      "volatility.stddev",
      "volatility.variance",
      "structure.zscore",
      "volatility.bbands_bandwidth",
    ]
  ) {
    const values = { window: 20, mult: 2 };
    const [after, undisturbed] = mapped([rounded, clean], (candles) => seriesOf(id, { candles, values }));
    after.slice(120).forEach((value, i) => {
      const expected = undisturbed[120 + i]!;
      assert.ok(Math.abs(value - expected) <= 1e-6 * Math.abs(expected), `${id}: ${value} for ${expected}`);
    });
    assert.ok(
      !(Math.abs(after[119]! - undisturbed[119]!) <= 1e-6),
      "the tick is still in the window of bar 119",
    );
  }
});

type Fold = (values: readonly number[]) => number;

function checkSeries(check: (candles: OracleCandles, window: number) => void): void {
  fc.assert(fc.property(incidents, (shape) => check(market(shape), shape.window)), { numRuns: 150 });
}

function seriesOf(
  id: string,
  { candles, values }: {
    readonly candles: OracleCandles;
    readonly values: Readonly<Record<string, number | string>>;
  },
): number[] {
  return kernelSeries(bench, { id, candles, values: { source: "close", ...values } });
}

function compare(
  id: string,
  { candles, window, expected }: {
    readonly candles: OracleCandles;
    readonly window: number;
    readonly expected: readonly number[];
  },
): number[] {
  const actual = seriesOf(id, { candles, values: { window, mult: 2 } });
  actual.forEach((value, t) => {
    const wanted = Math.fround(expected[t]!);
    const near = Object.is(value, wanted) ||
      Math.abs(value - wanted) <= 1e-6 * Math.max(Math.abs(wanted), unit(id));
    assert.ok(near, `${id} ${window}: ${value} instead of ${expected[t]} at ${t}`);
  });
  return actual;
}

/** Values in deviations or shares are differences of prices near 0. */
function unit(id: string): number {
  return ["structure.zscore", "volatility.bbands_percent_b", "volume.cmf"].includes(id) ? 1 : 0;
}

/** A walk near 100 with the incidents, and stretches that are flat, without range or without volume. */
function market({ seed, bars, tick, holes }: Incidents): OracleCandles {
  const random = generator(seed);
  const at = Math.floor(random() * bars);
  let price = 100;
  let kind = 0;
  const rows = Array.from({ length: bars }, (_, t) => {
    if (random() < 0.05) kind = Math.floor(random() * 4);
    if (kind !== 1) price *= 0.98 + 0.04 * random();
    const close = t === at ? price * tick : price;
    const spread = kind === 1 || kind === 2 ? 0 : close * 0.01;
    const volume = kind === 3 ? 0 : Math.floor(random() * 1000);
    return { high: close + spread * random(), low: close - spread * random(), close, volume };
  });
  const column = (name: "high" | "low" | "close" | "volume") =>
    rows.map((row) => random() < holes ? NaN : Math.fround(row[name]));
  const close = column("close");
  return { open: close, high: column("high"), low: column("low"), close, volume: column("volume") };
}

function typical({ high, low, close }: OracleCandles): number[] {
  return Array.from(close, (c, t) => (high[t]! + low[t]! + c) / 3);
}

function windows(
  x: readonly number[],
  { window, fold }: { readonly window: number; readonly fold: Fold },
): number[] {
  return x.map((_, t) => {
    const values = x.slice(Math.max(0, t + 1 - window), t + 1);
    return values.length < window || values.some(Number.isNaN) ? NaN : fold(values);
  });
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function mean(values: readonly number[]): number {
  return total(values) / values.length;
}

/** From distances to the first value, which no rounding of the mean can spoil. */
function variance(values: readonly number[]): number {
  const apart = values.map((value) => value - values[0]!);
  const centre = mean(apart);
  return mean(apart.map((distance) => (distance - centre) ** 2));
}
