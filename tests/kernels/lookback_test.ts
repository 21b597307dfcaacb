import assert from "node:assert/strict";
import fc from "fast-check";
import type { AxisValues } from "../../src/adapters/wasm/series/series_kernel.ts";
import { type AxisDefinition, catalogue, lookbackBars } from "../../src/core/catalogue/mod.ts";
import { seedShareLeft } from "../../src/core/catalogue/lookback_terms.ts";
import { kernelSeries } from "../helpers/kernel_series.ts";
import { generator, kernelBench } from "../helpers/series.ts";
import type { OracleCandles } from "../oracle/candles.ts";
import { mapped } from "../helpers/mapped.ts";

const bench = kernelBench();

/** Totals since the first bar: their level has no lookback, their changes are right from the first bar on. */
const cumulative: ReadonlySet<string> = new Set(["volume.ad_line", "volume.obv"]);

for (const { id, axes, lookback, lookAhead } of catalogue) {
  const values = valuesArbitrary(axes);

  Deno.test(`lookbackBars() of ${id}: a value is there once that many bars lie before it`, () => {
    fc.assert(fc.property(fc.nat(), values, (seed, values) => {
      const bars = lookbackBars(id, values);
      const candles = withPeak(market(bars + reach(values, lookAhead) + 1, seed), Number(values.left ?? 0));
      const first = seriesOf(id, { candles, values }).findIndex(Number.isFinite);
      assert.ok(first >= 0 && first <= bars, `first value at ${first}, lookback ${bars}`);
      // the first true range has no previous close and so is not the whole one
      if (!lookback.recursive && id !== "volatility.tr") assert.equal(first, bars);
    }));
  });

  if (lookback.recursive || cumulative.has(id)) continue;
  Deno.test(`lookbackBars() of ${id}: bars further back change nothing`, () => {
    fc.assert(fc.property(fc.nat(), values, fc.integer({ min: 1, max: 9 }), (seed, values, earlier) => {
      const bars = lookbackBars(id, values) + reach(values, lookAhead) + 12;
      const whole = market(bars + earlier, seed);
      const late = lastBars(whole, bars);
      const from = lookbackBars(id, values);
      const expected = seriesOf(id, { candles: whole, values }).slice(from + earlier);
      const actual = seriesOf(id, { candles: late, values }).slice(from);
      actual.forEach((value, t) =>
        assert.ok(near(value, expected[t]!), `${value} for ${expected[t]} at ${t}`)
      );
    }));
  });
}

// The share of the seed: the first value weighs this much less after so many bars, and one bar earlier it does not.
const linear: Readonly<Record<string, keyof OracleCandles>> = {
  "ma.dema": "close",
  "ma.ema": "close",
  "ma.rma": "close",
  "ma.tema": "close",
  "trend.keltner": "close",
  "volatility.atr": "high",
};

for (const [id, column] of Object.entries(linear)) {
  Deno.test(`lookbackBars() of ${id}: the first bar that leaves 1 % of the seed, and no earlier one`, () => {
    const { axes } = catalogue.find((definition) => definition.id === id)!;
    fc.assert(fc.property(valuesArbitrary(axes), (values) => {
      const plain = { ...values, source: "close" };
      const bars = lookbackBars(id, plain);
      const share = sharesOfFirst(id, { column, values: plain, bars: 3 * bars + 30 });
      const above = share.findLastIndex((left) => left > seedShareLeft * (1 + 1e-4));
      const slightlyAbove = share.findLastIndex((left) => left > seedShareLeft * (1 - 1e-4));
      assert.ok(above < bars && bars <= slightlyAbove + 1, `${bars} bars, above 1 % until ${above}`);
    }));
  });
}

Deno.test("lookbackBars() of momentum.rsi and trend.adx: a turned first move is damped to 1 of 100", () => {
  const shape = fc.record({
    seed: fc.nat(),
    window: fc.integer({ min: 2, max: 60 }),
    smoothing: fc.integer({ min: 2, max: 60 }),
  });
  fc.assert(fc.property(shape, ({ seed, ...values }) => {
    for (const id of ["momentum.rsi", "trend.adx"]) {
      const bars = lookbackBars(id, values);
      const candles = stairs(bars + 40, seed);
      const turned = { ...candles };
      for (const name of ["open", "high", "low", "close"] as const) {
        const column = Array.from(candles[name]);
        // the first bar moves to the other side of the second: the one move that is the seed changes its sign
        column[0]! += 2 * Math.sign(candles.close[1]! - candles.close[0]!);
        turned[name] = column;
      }
      const [before, after] = mapped([candles, turned], (candles) => seriesOf(id, { candles, values }));
      const left = before.map((value, t) => Math.abs(value - after[t]!)).slice(bars);
      assert.ok(
        Math.max(...left) <= 100 * seedShareLeft * 1.001,
        `${id}: ${Math.max(...left)} after ${bars}`,
      );
    }
  }));
});

Deno.test("lookbackBars() of momentum.macd and momentum.ppo is that of the slower average", () => {
  for (const id of ["momentum.macd", "momentum.ppo"]) {
    assert.equal(
      lookbackBars(id, { fast_window: 12, slow_window: 26 }),
      lookbackBars("ma.ema", { window: 26 }),
    );
    assert.equal(
      lookbackBars(id, { fast_window: 50, slow_window: 26 }),
      lookbackBars("ma.ema", { window: 50 }),
    );
  }
});

Deno.test("lookbackBars() of trend.psar: the first stop of a long climb has lost 99 % of its distance", () => {
  const values = { accel_start: 0.02, accel_step: 0.02, accel_max: 0.02 };
  const bars = lookbackBars("trend.psar", values);
  // every bar reaches the same high, so the stop draws nearer by 2 % a bar; lows are far enough to let it
  const climb = (firstLow: number) => {
    const flat = (value: number, first = value) => [first, ...Array<number>(bars + 1).fill(value)];
    return {
      open: flat(200),
      high: flat(200),
      low: flat(199.9, firstLow),
      close: flat(200),
      volume: flat(1),
    };
  };
  const [a, b] = mapped([100, 101], (low) => seriesOf("trend.psar", { candles: climb(low), values }));
  const share = a.map((value, t) => Math.abs(value - b[t]!));
  assert.ok(share[1]! > 0.97);
  assert.ok(share[bars]! <= seedShareLeft && share[bars - 2]! > seedShareLeft, `${share.slice(bars - 2)}`);
});

Deno.test("lookbackBars() of trend.psar: with that many bars before it, a stop is the one of any longer history", () => {
  const values = { accel_start: 0.02, accel_step: 0.02, accel_max: 0.2 };
  const bars = lookbackBars("trend.psar", values);
  const earlier = 37;
  for (let seed = 0; seed < 100; seed++) {
    const whole = market(bars + earlier + 50, seed);
    const late = lastBars(whole, bars + 50);
    const expected = seriesOf("trend.psar", { candles: whole, values }).slice(earlier + bars);
    const actual = seriesOf("trend.psar", { candles: late, values }).slice(bars);
    actual.forEach((value, t) => assert.ok(near(value, expected[t]!), `seed ${seed}: ${value} at ${t}`));
  }
});

Deno.test("lookbackBars() at the defaults of the field: known numbers", () => {
  assert.equal(lookbackBars("ma.sma", { window: 500 }), 499);
  assert.equal(lookbackBars("ma.ema", { window: 20 }), 47); // (19 / 21)^47 = 0.0091, ^46 = 0.01001
  assert.equal(lookbackBars("volatility.atr", { window: 14 }), 63); // (13 / 14)^63 = 0.0094, ^62 = 0.0101
  assert.equal(lookbackBars("momentum.rsi", { window: 14 }), 64);
  assert.equal(lookbackBars("volume.vwap_deviation", { window: 20, mult: 2 }), 38);
});

Deno.test("lookbackBars() refuses an unknown id and a missing axis by name", () => {
  assert.throws(() => lookbackBars("ma.sme", { window: 5 }), /ma\.sme/);
  assert.throws(() => lookbackBars("ma.sma", {}), /window/);
  assert.throws(() => lookbackBars("trend.adx", { window: 5 }), /smoothing/);
});

function seriesOf(
  id: string,
  { candles, values }: { readonly candles: OracleCandles; readonly values: AxisValues },
): number[] {
  return kernelSeries(bench, { id, candles, values: { source: "close", ...values } });
}

/** How much a 1 more in the first bar's column is in the output, bar by bar. */
function sharesOfFirst(
  id: string,
  { column, values, bars }: {
    readonly column: keyof OracleCandles;
    readonly values: AxisValues;
    readonly bars: number;
  },
): number[] {
  const flat = (value: number) => Array<number>(bars).fill(value);
  const none = { open: flat(0), high: flat(0), low: flat(0), close: flat(0), volume: flat(0) };
  const one = { ...none, [column]: [1, ...flat(0).slice(1)] };
  const series = seriesOf(id, { candles: one, values });
  return series.map((value) => Math.abs(value / series[0]!));
}

/** Bars of the future that a value reads. */
function reach(values: AxisValues, lookAhead: number | string): number {
  return typeof lookAhead === "number" ? lookAhead : Number(values[lookAhead]);
}

/** A walk in which every bar has range and volume, and its highest high and lowest low wander. */
function market(bars: number, seed: number): OracleCandles {
  const random = generator(seed);
  const close: number[] = [];
  let price = 100;
  for (let t = 0; t < bars; t++) close.push(price *= 0.96 + 0.08 * random());
  const open = close.map((value) => value * (0.99 + 0.02 * random()));
  const edge = (value: number, t: number, sign: number) => value + sign * close[t]! * 0.01 * (0.1 + random());
  const round = (values: readonly number[]) => values.map(Math.fround);
  return {
    open: round(open),
    high: round(open.map((value, t) => edge(Math.max(value, close[t]!), t, 1))),
    low: round(open.map((value, t) => edge(Math.min(value, close[t]!), t, -1))),
    close: round(close),
    volume: round(close.map(() => 1 + 99 * random())),
  };
}

/** The same with one bar's high above and low below all others, a pivot where there are enough neighbours. */
function withPeak(candles: OracleCandles, bar: number): OracleCandles {
  const scaled = (column: ArrayLike<number>, by: number) =>
    Array.from(column, (value, t) => Math.fround(t === bar ? value * by : value));
  return { ...candles, high: scaled(candles.high, 1000), low: scaled(candles.low, 0.001) };
}

/** Every bar moves up or down by 1 with its whole range, so that moves are all of one size. */
function stairs(bars: number, seed: number): OracleCandles {
  const random = generator(seed);
  let price = 1000;
  const close = Array.from({ length: bars }, () => price += random() < 0.5 ? 1 : -1);
  const ones = close.map(() => 1);
  return {
    open: close,
    high: close.map((c) => c + 0.5),
    low: close.map((c) => c - 0.5),
    close,
    volume: ones,
  };
}

function lastBars(candles: OracleCandles, bars: number): OracleCandles {
  const cut = (column: ArrayLike<number>) => Array.from(column).slice(-bars);
  const { open, high, low, close, volume } = candles;
  return { open: cut(open), high: cut(high), low: cut(low), close: cut(close), volume: cut(volume) };
}

/** Equal but for what the order of additions leaves. */
function near(a: number, b: number): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(b));
}

function valuesArbitrary(axes: readonly AxisDefinition[]): fc.Arbitrary<AxisValues> {
  return fc.record(Object.fromEntries(axes.map((axis) => [axis.name, axisArbitrary(axis)])));
}

function axisArbitrary({ kind, min = 0, max = 0, step = 1, sources = [] }: AxisDefinition) {
  if (kind === "source") return fc.constantFrom<string>(...sources);
  if (kind === "int") return fc.integer({ min, max: 40 });
  return fc.integer({ min: Math.round((0.02 - min) / step), max: Math.round((max - min) / step) })
    .map((steps) => min + Math.max(0, steps) * step);
}
