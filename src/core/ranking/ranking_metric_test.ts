import assert from "node:assert/strict";
import type { Trade } from "../execution/mod.ts";
import {
  byTotalReturn,
  directionOf,
  goodness,
  measuresOf,
  merit,
  metricValue,
  rankingMetrics,
  ranksByReturnAlone,
  valueOfGoodness,
  type VariantMeasures,
} from "./ranking_metric.ts";
import { mapped } from "../../../tests/helpers/mapped.ts";

const measures: VariantMeasures = {
  totalReturnPct: 30,
  maxDrawdownPct: 12,
  grossProfit: 500,
  grossLoss: -200,
  trades: 4,
};

Deno.test("metricValue() follows the definitions", () => {
  assert.deepEqual(rankingMetrics.map((metric) => metricValue(metric, measures)), [30, 12, 2.5, 2.5]);
  const losing = { ...measures, totalReturnPct: -6, grossProfit: 0 };
  assert.deepEqual(rankingMetrics.map((metric) => metricValue(metric, losing)), [-6, 12, -0.5, 0]);
});

Deno.test("metricValue() is missing where a denominator is 0 or the report has no drawdown; a profit factor of profits alone is infinite", () => {
  const cases: readonly [Partial<VariantMeasures>, readonly (number | null)[]][] = [
    [{ maxDrawdownPct: 0 }, [30, 0, null, 2.5]],
    [{ maxDrawdownPct: null }, [30, null, null, 2.5]],
    [{ grossLoss: 0 }, [30, 12, 2.5, Infinity]],
    [{ grossLoss: 0, grossProfit: 0 }, [30, 12, 2.5, null]],
  ];
  for (const [change, expected] of cases) {
    const values = rankingMetrics.map((metric) => metricValue(metric, { ...measures, ...change }));
    assert.deepEqual(values, expected);
  }
});

Deno.test("goodness() is higher for the better value and lowest for a missing one", () => {
  for (const metric of rankingMetrics) {
    const [small, large, missing] = mapped([1, 2, null], (value) => goodness(metric, value));
    assert.equal(large > small, metric !== "max_drawdown_pct");
    assert.ok(missing < Math.min(small, large));
  }
  assert.ok(Object.is(goodness("max_drawdown_pct", 0), 0));
});

Deno.test("merit() has 0 in place of a secondary metric that is not asked for", () => {
  assert.deepEqual(merit(byTotalReturn, measures), { score: 30, secondary: 0 });
  const order = { primary: "max_drawdown_pct", secondary: "profit_factor", minTrades: 1 } as const;
  assert.deepEqual(merit(order, measures), { score: -12, secondary: 2.5 });
  assert.deepEqual([byTotalReturn, order].map(ranksByReturnAlone), [true, false]);
});

Deno.test("merit() has an infinite profit factor first, of as many trades as the order wants, and last of fewer", () => {
  const order = { primary: "profit_factor", secondary: null, minTrades: 4 } as const;
  const score = (change: Partial<VariantMeasures>) => merit(order, { ...measures, ...change }).score;
  assert.equal(score({ grossLoss: 0 }), Infinity);
  assert.equal(score({ grossLoss: 0, trades: 3 }), -Infinity);
  assert.equal(score({ trades: 3 }), 2.5);
  assert.equal(score({ grossLoss: 0, grossProfit: 0, trades: 9 }), -Infinity);
  const second = { primary: "total_return_pct", secondary: "profit_factor", minTrades: 4 } as const;
  assert.deepEqual(merit(second, { ...measures, grossLoss: 0 }), { score: 30, secondary: Infinity });
  assert.deepEqual(merit(second, { ...measures, grossLoss: 0, trades: 3 }), {
    score: 30,
    secondary: -Infinity,
  });
});

Deno.test("measuresOf() sums profits and losses apart", () => {
  const trades = [5, -3, 0, 2.5, -1].map((net_pnl_quote) => ({ net_pnl_quote }) as Trade);
  assert.deepEqual(measuresOf({ trades, total_return_pct: 1 }, null), {
    totalReturnPct: 1,
    maxDrawdownPct: null,
    grossProfit: 7.5,
    grossLoss: -4,
    trades: 5,
  });
});

Deno.test("valueOfGoodness() gives back the value, and directionOf() says which way is better", () => {
  for (const metric of rankingMetrics) {
    for (const value of [null, 0, 3.25, Infinity]) {
      // no drawdown is infinite
      const back = metric === "max_drawdown_pct" && value === Infinity ? null : value;
      assert.equal(valueOfGoodness(metric, goodness(metric, value)), back);
    }
    const better = directionOf(metric) === "max" ? 2 : 1;
    assert.equal(Math.max(goodness(metric, 1), goodness(metric, 2)), goodness(metric, better));
  }
});
