import assert from "node:assert/strict";
import { compiledOnce, distinctRule, type PlannedRules, preparedRules, ruleParams } from "./planned_rules.ts";

/** Three parameters, of which no side depends on the second. */
const planned: PlannedRules = {
  spec: {
    params: {
      a: { mode: "explicit", values: [1, 2] },
      unused: { mode: "explicit", values: [1, 2, 3] },
      b: { mode: "explicit", values: [5, 6] },
    },
    long: { enter: "close > open * a", exit: "close < open * b" },
  },
  timeframe: "1h",
  dayStart: null,
};

Deno.test("13 preparedRules() compiles the rules of a sweep once for each object, to the same hash", () => {
  const made = preparedRules(planned);
  assert.equal(preparedRules(planned), made);
  const again = preparedRules(structuredClone(planned));
  assert.notEqual(again, made);
  assert.equal(again.hash, made.hash);
});

Deno.test("compiledOnce() compiles the same object once for each timeframe, faults and all", () => {
  const { spec } = planned;
  const made = compiledOnce(spec, { timeframe: "1h" });
  assert.equal(compiledOnce(spec, { timeframe: "1h" }), made);
  assert.notEqual(compiledOnce(spec, { timeframe: "1d" }), made);
  assert.notEqual(compiledOnce({ ...spec }, { timeframe: "1h" }), made);
  const bad = { long: { enter: 'on_timeframe("4h", close) > open' } };
  assert.deepEqual(compiledOnce(bad, { timeframe: "1h" }).faults, []);
  assert.match(
    compiledOnce(bad, { timeframe: "1d" }).faults[0]!.message,
    /is not longer than the timeframe 1d/,
  );
});

Deno.test("13 distinctRule() numbers variants by the parameters that a side depends on", () => {
  const made = preparedRules(planned);
  const variants = Array.from({ length: 12 }, (_, index) => ({
    params: ruleParams(planned, index),
    number: distinctRule(made, index),
  }));
  assert.equal(made.used.count, 4);
  assert.deepEqual(new Set(variants.map(({ number }) => number)), new Set([0, 1, 2, 3]));
  for (const one of variants) {
    for (const other of variants) {
      const equal = one.params.a === other.params.a && one.params.b === other.params.b;
      assert.equal(one.number === other.number, equal, JSON.stringify([one, other]));
    }
  }
});
