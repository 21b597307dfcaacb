import assert from "node:assert/strict";
import { realizedVolatility } from "./volatility.ts";

/** Closes whose log returns are +r, -r, +r, ...: their deviation is r sqrt(n / (n - 1)) of an even number n. */
function zigzag(days: number, r: number): readonly number[] {
  return Array.from({ length: days }, (_, day) => 100 * Math.exp(day % 2 === 0 ? 0 : r));
}

Deno.test("realizedVolatility() is the yearly deviation of the last 60 log returns, that of the day included", () => {
  const { volatilities, fallbackDays } = realizedVolatility({
    closes: zigzag(64, 0.01),
    warmUp: 60,
    daysPerYear: 252,
    fallback: 0.2,
  });
  const expected = 0.01 * Math.sqrt(60 / 59) * Math.sqrt(252);
  assert.equal(fallbackDays, 0);
  assert.equal(volatilities.length, 4);
  for (const volatility of volatilities) assert.ok(Math.abs(volatility - expected) < 1e-12, `${volatility}`);
});

Deno.test("realizedVolatility() forgets what is older than 60 returns, and knows nothing of days to come", () => {
  const calm = Array<number>(60).fill(110);
  const closes = [100, ...calm, 110, 121];
  const { volatilities } = realizedVolatility({ closes, warmUp: 60, daysPerYear: 365, fallback: 0.2 });
  // on the first day the jump at the start is the oldest of the 60 returns
  assert.ok(volatilities[0]! > 0.2, `${volatilities[0]}`);
  assert.equal(volatilities[1], 0);
  assert.ok(volatilities[2]! > 0.2, `${volatilities[2]}`);
});

Deno.test("realizedVolatility() takes the fallback until there are 20 returns, and counts these days", () => {
  const { volatilities, fallbackDays } = realizedVolatility({
    closes: zigzag(25, 0.01),
    warmUp: 5,
    daysPerYear: 252,
    fallback: 0.3,
  });
  assert.deepEqual(volatilities.slice(0, 15), Array<number>(15).fill(0.3));
  assert.equal(fallbackDays, 15);
  assert.ok(volatilities.slice(15).every((volatility) => volatility !== 0.3));
});
