import { buildPlan } from "../request/plan.ts";
import { emptyCandles } from "../core/bars/mod.ts";
import type { Compute, SweepInput } from "../ports/compute.ts";

/** Opens the smallest possible sweep on every thread of a pool and closes it again. Rejects when one does not take it. */
export async function checkCompute(compute: Compute): Promise<void> {
  await using _session = await compute.open(smallest);
}

const execution = {
  init_cash_quote: 1,
  fixed_quote: 1,
  safe_profit_percent: 0,
  fee_pct: 0,
  slippage_pct: 0,
};

const smallest: SweepInput = {
  timeline: { candles: emptyCandles(4), timeframeMs: 60_000, slice: { start: 2, stop: 4 } },
  plan: buildPlan({
    template: {
      instrument_id: { market_id: 1, symbol: "NONE" },
      timeframe: "1m",
      indicator_grids: [{
        indicator_id: "ma.sma",
        params: { window: { mode: "explicit", values: [2] } },
        source: { mode: "explicit", values: ["close"] },
      }],
      signal_grids: {},
      direction_mode: "long-short",
      sizing_mode: "all_in",
      execution,
    },
    preselect: 1,
  }, { preselectDefault: 1, defaults: {}, maxVariants: 1 }),
};
