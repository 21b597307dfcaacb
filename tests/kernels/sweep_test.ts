import assert from "node:assert/strict";
import fc from "fast-check";
import { kernelRun, type RunCase } from "../helpers/kernel_run.ts";
import { runCaseArbitrary } from "../helpers/run_cases.ts";
import { kernelBench } from "../helpers/series.ts";
import { runEngine } from "../oracle/engine.ts";

const run = kernelRun(kernelBench());

const caseArbitrary = runCaseArbitrary({ barsMax: 220, levelsMax: 6 });

function oracle({ close, signals, account }: RunCase, levels: { sl: number | null; tp: number | null }) {
  return runEngine({
    close,
    signals,
    slice: { start: 0, stop: close.length },
    ...account,
    risk: {
      sl_enabled: levels.sl !== null,
      sl_pct: levels.sl,
      tp_enabled: levels.tp !== null,
      tp_pct: levels.tp,
    },
  });
}

Deno.test("replay() equals the oracle in every field and bit", () => {
  fc.assert(
    fc.property(caseArbitrary, (given) => {
      const levels = { sl: given.stops[0]!, tp: given.targets[0]! };
      assert.deepEqual(run.replay(given, levels), oracle(given, levels));
    }),
    { numRuns: 400 },
  );
});

Deno.test("scoreSignals() equals the oracle's return in every bit", () => {
  fc.assert(
    fc.property(caseArbitrary, (given) => {
      assert.equal(run.scoreSignals(given), oracle(given, { sl: null, tp: null }).total_return_pct);
    }),
    { numRuns: 400 },
  );
});

Deno.test("scoreRiskPlane() equals the oracle's return in every cell and bit", () => {
  fc.assert(
    fc.property(caseArbitrary, (given) => {
      const expected = given.stops.flatMap((sl) =>
        given.targets.map((tp) => oracle(given, { sl, tp }).total_return_pct)
      );
      assert.deepEqual(run.scoreRiskPlane(given), expected);
    }),
    { numRuns: 300 },
  );
});

const calm = {
  directionMode: "long-short",
  sizingMode: "all_in",
  execution: {
    init_cash_quote: 1000,
    fixed_quote: 100,
    safe_profit_percent: 30,
    fee_pct: 0,
    slippage_pct: 0,
  },
} as const;

Deno.test("a ruined account trades no more", () => {
  const given: RunCase = {
    close: [100, 150, 250, 100, 90],
    signals: ["S", "S", "N", "S", "S"],
    account: calm,
    stops: [null, 200],
    targets: [null],
  };
  assert.equal(run.scoreSignals(given), -150);
  assert.deepEqual(run.scoreRiskPlane(given), [-150, -150]);
});

Deno.test("a fill at a close of 0 is refused and the bar is named", () => {
  const given: RunCase = {
    close: [100, 90, 0, 100],
    signals: ["L", "L", "N", "N"],
    account: calm,
    stops: [5, null],
    targets: [null],
  };
  assert.equal(run.scoreSignals(given), NaN);
  assert.throws(() => run.replay(given, { sl: null, tp: null }), /bad bar 2/);
  assert.throws(() => run.scoreRiskPlane(given), /bad bar 2/);
  // With the stop alone the trade is over before that bar.
  assert.equal(run.scoreRiskPlane({ ...given, stops: [5] })[0], -9.999999999999998);
});
