import assert from "node:assert/strict";
import fc from "fast-check";
import { BacktestError, isTransient } from "../errors/mod.ts";
import { attemptsExhausted, backoffMs, hasRetryLeft } from "./retry.ts";

const almostOne = 1 - Number.EPSILON / 2;

Deno.test("backoffMs() doubles its longest wait with every failure, up to the maximum", () => {
  const longest = (failures: number) =>
    backoffMs(failures, { baseMs: 100, maxMs: 1000, random: () => almostOne });
  assert.deepEqual([1, 2, 3, 4, 5, 60, 5000].map(longest), [99, 199, 399, 799, 999, 999, 999]);
});

Deno.test("backoffMs() is anything between nothing and the longest wait, as the random number says", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.double({ min: 0, max: almostOne, noNaN: true }),
      (failures, r) => {
        const ms = backoffMs(failures, { baseMs: 250, maxMs: 60_000, random: () => r });
        assert.ok(Number.isInteger(ms) && ms >= 0 && ms < 60_000);
        assert.equal(ms, Math.floor(r * Math.min(60_000, 250 * 2 ** (failures - 1))));
      },
    ),
  );
});

Deno.test("hasRetryLeft() counts the first start as an attempt", () => {
  const left = (retries: number, maxAttempts: number) => hasRetryLeft({ retries }, maxAttempts);
  assert.deepEqual([left(0, 1), left(0, 2), left(1, 2), left(1, 3), left(2, 3)], [
    false,
    true,
    false,
    true,
    false,
  ]);
});

Deno.test("attemptsExhausted() says how many attempts there were", () => {
  const { code, message, details } = attemptsExhausted(3);
  assert.equal(code, "attempts_exhausted");
  assert.match(message, /the last of its 3 attempts ended without a word/);
  assert.deepEqual([details.max_attempts, details.error_class], [3, "InternalError"]);
});

Deno.test("isTransient() tells a database that may come back from a statement it will never take", () => {
  const failure = (details: Record<string, unknown>) =>
    new BacktestError("storage_unavailable", "x", { details });
  for (const details of [{}, { sqlstate: "57P01" }, { sqlstate: "40001" }, { sqlstate: "25P03" }]) {
    assert.equal(isTransient(failure(details)), true);
  }
  for (const sqlstate of ["23514", "22P05", "42703"]) assert.equal(isTransient(failure({ sqlstate })), false);
  assert.equal(isTransient(new BacktestError("market_data_unavailable", "x")), false);
  assert.equal(isTransient(new Error("x")), false);
});
