import assert from "node:assert/strict";
import fc from "fast-check";
import { accountArbitrary, kernelRun, type RunCase } from "../helpers/kernel_run.ts";
import { runCaseArbitrary } from "../helpers/run_cases.ts";
import { kernelBench } from "../helpers/series.ts";

const run = kernelRun(kernelBench());

const caseArbitrary = runCaseArbitrary({
  barsMax: 220,
  levelsMax: 6,
  accounts: accountArbitrary.map((account) => ({ ...account, sizingMode: "all_in" as const })),
});

Deno.test("estimateRiskPlane() is within 1e-9 of the exact plane wherever it trusts itself", () => {
  let trusted = 0;
  fc.assert(
    fc.property(caseArbitrary, (given) => {
      const estimates = run.estimateRiskPlane(given);
      if (estimates === null) return;
      trusted++;
      run.scoreRiskPlane(given).forEach((exact, cell) => {
        const tolerance = 1e-9 * 100 * Math.max(1, 1 + exact / 100);
        assert.ok(Math.abs(estimates[cell]! - exact) <= tolerance, `${estimates[cell]} for ${exact}`);
      });
    }),
    { numRuns: 1500 },
  );
  assert.ok(trusted > 500, `${trusted} trusted estimates`);
});

Deno.test("estimateRiskPlane() gives cells with the same trades the same bits", () => {
  fc.assert(
    fc.property(caseArbitrary, (given) => {
      const far = { ...given, stops: [null, 1e6, 2e6], targets: [null] };
      const estimates = given.account.directionMode === "long-only" ? run.estimateRiskPlane(far) : null;
      if (estimates !== null) assert.equal(new Set(estimates).size, 1);
    }),
    { numRuns: 300 },
  );
});

for (
  const [what, peak, trusted] of [
    ["does not trust a short that lost everything", 30, false],
    ["does not trust a short that lost all but 0.04 %", 19.996, false],
    ["trusts a short that lost 99 %", 19.9, true],
  ] as const
) {
  Deno.test(`estimateRiskPlane() ${what}`, () => {
    const execution = {
      init_cash_quote: 100,
      fixed_quote: 1,
      safe_profit_percent: 0,
      fee_pct: 0,
      slippage_pct: 0,
    };
    const given: RunCase = {
      close: [10, peak, peak],
      signals: ["S", "N", "N"],
      account: { directionMode: "long-short", sizingMode: "all_in", execution },
      stops: [null],
      targets: [null],
    };
    assert.equal(run.estimateRiskPlane(given) !== null, trusted);
  });
}
