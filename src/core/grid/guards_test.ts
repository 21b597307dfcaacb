import { checkGuards, checkIndicator, estimateMemoryBytes, saturate } from "./guards.ts";
import type { IndicatorGrid, SweepPlan } from "./plan.ts";
import { byTotalReturn } from "../ranking/mod.ts";
import { noRisk } from "../execution/mod.ts";
import assert from "node:assert/strict";

const indicator = (indicatorId: string, variants: number): IndicatorGrid => ({
  indicatorId,
  axes: [],
  variants,
  signalAxes: [],
  signalCombinations: 6,
});
const plan: SweepPlan = {
  instrument: { market_id: 1, symbol: "X" },
  timeframe: "1h",
  indicators: [indicator("ma.sma", 4), indicator("trend.donchian", 2)],
  signalTotal: 6,
  axisSizes: [],
  stageATotal: 48,
  risk: { sl: [noRisk.sl_pct], tp: [noRisk.tp_pct] },
  riskTotal: 4,
  shortlistTotal: 48,
  expandsAll: false,
  stageBTotal: 192,
  ranking: byTotalReturn,
  directionMode: "long-short",
  sizingMode: "all_in",
  execution: { init_cash_quote: 1, fixed_quote: 1, safe_profit_percent: 0, fee_pct: 0, slippage_pct: 0 },
};
const roomy = { maxVariants: 192, maxBytes: 67_140_064, bars: 600 };

Deno.test("estimateMemoryBytes() reserves 64 MiB or a fifth", () => {
  assert.equal(estimateMemoryBytes(plan, 600), 67_140_064);
  assert.equal(estimateMemoryBytes(plan, 10_000_000), 520_000_000 + 104_000_000);
});

Deno.test("checkGuards() lets figures equal to the limits pass", () => {
  checkGuards(plan, roomy);
});

Deno.test("checkGuards() checks Stage A, then memory, then Stage B", () => {
  const stageOf = (limits: Partial<typeof roomy>) => {
    try {
      checkGuards(plan, { ...roomy, ...limits });
    } catch (error) {
      const { stage, error: guard } = (error as { details: Record<string, string> }).details;
      return `${stage} ${guard}`;
    }
    return "passed";
  };
  assert.equal(stageOf({ maxVariants: 47, maxBytes: 1 }), "stage_a max_variants_per_compute_exceeded");
  assert.equal(stageOf({ maxVariants: 100, maxBytes: 1 }), "stage_a max_compute_bytes_total_exceeded");
  assert.equal(stageOf({ maxVariants: 100 }), "stage_b max_variants_per_compute_exceeded");
});

Deno.test("checkGuards() skips the memory check while the bars are unknown", () => {
  checkGuards(plan, { ...roomy, maxBytes: 1, bars: null });
});

Deno.test("checkIndicator() prints counts of any size", () => {
  checkIndicator(600_000n, { maxVariants: 600_000, axes: [] });
  assert.throws(() => checkIndicator(10n ** 20n, { maxVariants: 600_000, axes: [] }), {
    message: "variants exceed guard: variants=100000000000000000000, max_variants_guard=600000",
    details: {},
  });
});

Deno.test("saturate() stops at the largest exact number", () => {
  assert.equal(saturate(5n), 5);
  assert.equal(saturate(2n ** 60n), Number.MAX_SAFE_INTEGER);
});
