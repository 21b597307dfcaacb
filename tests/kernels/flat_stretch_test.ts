import assert from "node:assert/strict";
import fc from "fast-check";
import { kernelSeries } from "../helpers/kernel_series.ts";
import { kernelBench, randomWalk } from "../helpers/series.ts";
import type { OracleCandles } from "../oracle/candles.ts";

// A market that moved and then does not: what recursive averages leave of the movement fades for good, and once only
// rounding is left of it, no ratio and no sign may be made of that.

const bench = kernelBench();
const moving = 150;

const stretches = fc.record({ seed: fc.nat(), window: fc.integer({ min: 2, max: 20 }) });

/** A random walk whose last price then stands still for `flat` bars without range. */
function standingStill(seed: number, flat: number): OracleCandles {
  const candles = randomWalk(moving + flat, seed);
  const price = candles.close[moving - 1]!;
  for (const column of [candles.open, candles.high, candles.low, candles.close]) column.fill(price, moving);
  return candles;
}

function seriesOf(
  id: string,
  { candles, values }: { candles: OracleCandles; values: Readonly<Record<string, number | string>> },
): number[] {
  return kernelSeries(bench, { id, candles, values: { source: "close", ...values } });
}

Deno.test("2.1 structure.distance_to_ma_norm only comes nearer to 0 while the price stands still, and is then exactly 0 or missing", () => {
  fc.assert(
    fc.property(stretches, ({ seed, window }) => {
      const candles = standingStill(seed, 60 * window + 300);
      const still = seriesOf("structure.distance_to_ma_norm", { candles, values: { window } }).slice(moving);
      for (const value of still) {
        assert.ok(!(Math.abs(value) > Math.abs(still[0]!)), `${value} after ${still[0]}`);
      }
      for (const value of still.slice(45 * window)) assert.ok(value === 0 || Number.isNaN(value), `${value}`);
    }),
    { numRuns: 60 },
  );
});

Deno.test("2.1 momentum.macd, ppo and trix are exactly 0 once the price has stood still for long", () => {
  fc.assert(
    fc.property(stretches, ({ seed, window }) => {
      const candles = standingStill(seed, 90 * window + 300);
      const pair = { fast_window: window, slow_window: 2 * window, signal_window: 9 };
      for (
        const [id, values] of [
          ["momentum.macd", pair],
          ["momentum.ppo", pair],
          ["momentum.trix", { window, signal_window: 9 }],
        ] as const
      ) {
        const settled = seriesOf(id, { candles, values }).slice(moving + 80 * window);
        for (const value of settled) assert.equal(Math.abs(value), 0, `${id} ${value}`);
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("2.1 momentum.rsi keeps its value while the price stands still, and momentum.stoch_rsi of a window of it is missing", () => {
  fc.assert(
    fc.property(stretches, ({ seed, window }) => {
      const candles = standingStill(seed, 80 * window);
      const strength = seriesOf("momentum.rsi", { candles, values: { window } });
      assert.deepEqual(new Set(strength.slice(moving - 1)), new Set([strength[moving - 1]]));
      const values = { rsi_window: window, k_window: 5, smoothing: 3, d_window: 3 };
      const places = seriesOf("momentum.stoch_rsi", { candles, values });
      assert.deepEqual(new Set(places.slice(moving + 3)), new Set([NaN]));
      assert.ok(!Number.isNaN(places[moving - 1]));
    }),
    { numRuns: 60 },
  );
});

Deno.test("2.1 trend.adx keeps its value while the price stands still, until nothing can be told of the range any more", () => {
  for (const window of [2, 5]) {
    const still = seriesOf("trend.adx", {
      candles: standingStill(7, 4200),
      values: { window, smoothing: window },
    }).slice(moving + 50 * window);
    const first = still.findIndex(Number.isNaN);
    assert.ok(first > 500, `${first}`);
    assert.deepEqual(new Set(still.slice(0, first)), new Set([still[0]]));
    assert.deepEqual(new Set(still.slice(first)), new Set([NaN]));
  }
});
