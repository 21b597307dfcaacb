import assert from "node:assert/strict";
import { dailyRatios, lastBarsOfDays } from "./daily_ratios.ts";

const dayMs = 86_400_000;

function ratios(equity: readonly number[], options: { stepMs?: number; maxDrawdown?: number | null } = {}) {
  const { stepMs = dayMs, maxDrawdown = 0.1 } = options;
  return dailyRatios({
    equity: Float64Array.from(equity),
    dayEnds: lastBarsOfDays(Float64Array.from(equity, (_, i) => (i + 1) * stepMs)),
    maxDrawdown,
  });
}

const none = { sharpe: null, sortino: null, calmar: null };

Deno.test("dailyRatios() divides the compounded return by deviation, downside deviation and drawdown", () => {
  const { sharpe, sortino, calmar } = ratios([100, 110, 99]);
  const annual = Math.pow(Math.sqrt(1.1 * 0.9), 365) - 1;
  const within = (actual: number | null, expected: number) =>
    assert.ok(actual !== null && Math.abs(actual - expected) < 1e-9, `${actual} instead of ${expected}`);
  within(sharpe, annual / (Math.sqrt(0.02) * Math.sqrt(365)));
  within(sortino, annual / (Math.sqrt(0.005) * Math.sqrt(365)));
  within(calmar, annual / 0.1);
});

Deno.test("dailyRatios() takes the last equity of each UTC day, midnight opening the next", () => {
  // closes at 12:00, 24:00, 12:00, ...: the days hold bars 0 | 1 2 | 3 4 | 5
  assert.deepEqual(
    ratios([100, 1, 110, 1, 99, 99], { stepMs: dayMs / 2 }),
    ratios([100, 110, 99, 99]),
  );
});

Deno.test("dailyRatios() needs two returns and positive equity", () => {
  for (const equity of [[], [100], [100, 110], [100, 0, 10], [-1, 2, 3], [100, 110, -5], [100, NaN, 100]]) {
    assert.deepEqual(ratios(equity), none, String(equity));
  }
});

Deno.test("dailyRatios() leaves out a ratio whose denominator is 0 or unknown", () => {
  const { sharpe, sortino, calmar } = ratios([100, 101, 103], { maxDrawdown: 0 });
  assert.ok(sharpe !== null && sharpe > 0);
  assert.equal(sortino, null);
  assert.equal(calmar, null);
  assert.equal(ratios([100, 110, 99], { maxDrawdown: null }).calmar, null);
});
