import assert from "node:assert/strict";
import { annualReturn, dailyRatios, lastBarsOfDays } from "./daily_ratios.ts";

const dayMs = 86_400_000;

interface Options {
  readonly stepMs?: number;
  readonly maxDrawdown?: number | null;
  readonly daysPerYear?: number;
}

function ratios(equity: readonly number[], options: Options = {}) {
  const { stepMs = dayMs, maxDrawdown = 0.1, daysPerYear = 365 } = options;
  return dailyRatios({
    equity: Float64Array.from(equity),
    dayEnds: lastBarsOfDays(Float64Array.from(equity, (_, i) => (i + 1) * stepMs)),
    daysPerYear,
    maxDrawdown,
  });
}

function within(actual: number | null, expected: number): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= 1e-12 * Math.abs(expected),
    `${actual} instead of ${expected}`,
  );
}

const none = {
  sharpe: null,
  sortino: null,
  compounded: { sharpe: null, sortino: null, calmar: null },
};

Deno.test("dailyRatios() divides the arithmetic mean of a year by deviation and downside deviation", () => {
  for (const daysPerYear of [365, 252]) {
    // returns of +20 % and -10 %: mean 5 %, sample deviation 0.3 / sqrt(2), downside sqrt(0.01 / 2)
    const { sharpe, sortino } = ratios([100, 120, 108], { daysPerYear });
    within(sharpe, 0.05 * daysPerYear / (Math.sqrt(0.045) * Math.sqrt(daysPerYear)));
    within(sortino, 0.05 * daysPerYear / (Math.sqrt(0.005) * Math.sqrt(daysPerYear)));
  }
});

Deno.test("dailyRatios() also divides the compounded return, by the drawdown too", () => {
  for (const daysPerYear of [365, 252]) {
    const { compounded: { sharpe, sortino, calmar } } = ratios([100, 110, 99], { daysPerYear });
    const annual = Math.pow(Math.sqrt(1.1 * 0.9), daysPerYear) - 1;
    within(sharpe, annual / (Math.sqrt(0.02) * Math.sqrt(daysPerYear)));
    within(sortino, annual / (Math.sqrt(0.005) * Math.sqrt(daysPerYear)));
    within(calmar, annual / 0.1);
  }
});

Deno.test("dailyRatios() takes the last equity of each UTC day, midnight opening the next", () => {
  // closes at 12:00, 24:00, 12:00, ...: the days hold bars 0 | 1 2 | 3 4 | 5
  assert.deepEqual(
    ratios([100, 1, 110, 1, 99, 99], { stepMs: dayMs / 2 }),
    ratios([100, 110, 99, 99]),
  );
});

Deno.test("dailyRatios() needs two returns, and positive equity before the last day", () => {
  for (const equity of [[], [100], [100, 110], [100, 0, 10], [-1, 2, 3], [100, NaN, 100], [1, 1, Infinity]]) {
    assert.deepEqual(ratios(equity), none, String(equity));
  }
});

Deno.test("dailyRatios() of an account that loses all on its last day has a mean, and nothing compounds", () => {
  const { sharpe, sortino, compounded } = ratios([100, 110, -5.5]);
  within(sharpe, -0.475 * Math.sqrt(365) / (1.15 / Math.sqrt(2)));
  within(sortino, -0.475 * Math.sqrt(365) / Math.sqrt(1.05 ** 2 / 2));
  assert.deepEqual(compounded, none.compounded);
});

Deno.test("dailyRatios() leaves out a ratio whose denominator is 0 or unknown", () => {
  const { sharpe, sortino, compounded } = ratios([100, 101, 103], { maxDrawdown: 0 });
  assert.ok(sharpe !== null && sharpe > 0);
  assert.equal(sortino, null);
  assert.deepEqual([compounded.sortino, compounded.calmar], [null, null]);
  assert.equal(ratios([100, 110, 99], { maxDrawdown: null }).compounded.calmar, null);
  assert.equal(ratios([100, 100, 100]).sharpe, null);
  // an account that moved by nothing but rounding has no ratio: it would be -11 or so
  const rounding = [1000, 1000, 999.9999999999999, 1000];
  assert.deepEqual(ratios(rounding, { maxDrawdown: 1e-16 }), none);
});

Deno.test("annualReturn() compounds to the growth over the time that has gone by, weekends included", () => {
  within(annualReturn({ growth: 1.21, elapsedMs: 2 * 365 * dayMs }), 0.1);
  within(annualReturn({ growth: 1.1, elapsedMs: 365 * dayMs / 2 }), 1.1 ** 2 - 1);
  for (const [growth, elapsedMs] of [[0, dayMs], [-1, dayMs], [1.1, 0], [NaN, dayMs], [2, 1e-3]] as const) {
    assert.equal(annualReturn({ growth, elapsedMs }), null);
  }
});
