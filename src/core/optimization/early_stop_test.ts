import assert from "node:assert/strict";
import { meetsThreshold, stoppingTask } from "./early_stop.ts";
import type { EarlyStopPolicy } from "./optimization.ts";

const policy: EarlyStopPolicy = { metric: "total_return_pct", threshold: 10, mode: "max" };

Deno.test("a threshold is met by what equals it, in either direction, and never by what is missing", () => {
  assert.deepEqual([9.999, 10, 10.1, Infinity, null].map((value) => meetsThreshold(policy, value)), [
    false,
    true,
    true,
    true,
    false,
  ]);
  const least: EarlyStopPolicy = { metric: "max_drawdown_pct", threshold: 10, mode: "min" };
  assert.deepEqual([9.999, 10, 10.1, null].map((value) => meetsThreshold(least, value)), [
    true,
    true,
    false,
    false,
  ]);
});

/** All orders of some things. */
function orders<T>(of: readonly T[]): T[][] {
  if (of.length <= 1) return [[...of]];
  return of.flatMap((first, i) => orders(of.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

Deno.test("whatever the order of four ends, all 24, the same task stops the sweep", () => {
  const scores = [3, 12, 40, null];
  for (const order of orders([0, 1, 2, 3])) {
    const finished = new Map<number, number | null>();
    const told = order.map((i) => {
      finished.set(7 + i, scores[i]!);
      return stoppingTask(policy, { firstSeq: 7, scores: finished });
    });
    // once told, always told, and not before everything ahead of it has ended
    const at = Math.max(order.indexOf(0), order.indexOf(1));
    assert.deepEqual(told, told.map((_, i) => i < at ? null : 8), `${order}`);
  }
});

Deno.test("nothing stops where nothing is good enough, or nothing is finished", () => {
  assert.equal(stoppingTask(policy, { firstSeq: 0, scores: new Map([[0, 1], [1, null], [2, 9.9]]) }), null);
  assert.equal(stoppingTask(policy, { firstSeq: 0, scores: new Map([[1, 50]]) }), null);
  assert.equal(stoppingTask(policy, { firstSeq: 0, scores: new Map() }), null);
});
