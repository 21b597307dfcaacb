import assert from "node:assert/strict";
import fc from "fast-check";
import { accountArbitrary, kernelRun, type RunCase } from "../helpers/kernel_run.ts";
import { kernelBench, pricesArbitrary, signalsArbitrary } from "../helpers/series.ts";

const run = kernelRun(kernelBench());

const levelArbitrary = fc.oneof(
  fc.constantFrom(null, 0, 1e6, 99.99, 100),
  fc.integer({ min: 1, max: 400 }).map((x) => x / 10),
);
const levelsArbitrary = fc.uniqueArray(levelArbitrary, { minLength: 1, maxLength: 6 });

const caseArbitrary: fc.Arbitrary<RunCase> = fc.integer({ min: 0, max: 220 }).chain((bars) =>
  fc.record({
    close: pricesArbitrary({ minLength: bars, maxLength: bars }, { holes: false }),
    signals: signalsArbitrary(bars),
    account: accountArbitrary.map((account) => ({ ...account, sizingMode: "all_in" as const })),
    stops: levelsArbitrary,
    targets: levelsArbitrary,
  })
);

Deno.test("estimateRiskPlane() is within 1e-9 of the exact plane wherever it trusts itself", () => {
  let trusted = 0;
  fc.assert(
    fc.property(caseArbitrary, (given) => {
      const estimates = run.estimateRiskPlane(given);
      if (estimates === null) return;
      trusted++;
      run.scoreRiskPlane(given).forEach((exact, cell) => {
        const tolerance = 1e-9 * 100 * Math.max(1, 1 + exact / 100);
        assert.ok(Math.abs(estimates[cell] - exact) <= tolerance, `${estimates[cell]} for ${exact}`);
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

Deno.test("estimateRiskPlane() does not trust a short that lost everything", () => {
  const execution = {
    init_cash_quote: 100,
    fixed_quote: 1,
    safe_profit_percent: 0,
    fee_pct: 0,
    slippage_pct: 0,
  };
  const given: RunCase = {
    close: [10, 30, 30],
    signals: ["S", "N", "N"],
    account: { directionMode: "long-short", sizingMode: "all_in", execution },
    stops: [null],
    targets: [null],
  };
  assert.equal(run.estimateRiskPlane(given), null);
});
