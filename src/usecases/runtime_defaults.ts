import type { RuntimeDefaults } from "../answers/catalogue.ts";
import { compareCodePoints } from "../core/text/mod.ts";
import type { RequestDefaults } from "../request/effective.ts";
import { unusualRanking } from "../request/hashes.ts";

/** The defaults of a config; market ids in ascending order. */
export function runtimeDefaults(
  config: RequestDefaults & { readonly jobs: { readonly top_k_persisted_default: number } },
): RuntimeDefaults {
  const { warmup_bars_default, top_k_default, preselect_default, reporting, execution, jobs } = config;
  const fees = Object.entries(execution.fee_pct_default_by_market_id);
  return {
    warmup_bars_default,
    top_k_default,
    preselect_default,
    top_trades_n_default: reporting.top_trades_n_default,
    ranking: unusualRanking(config.ranking),
    execution: {
      ...execution,
      fee_pct_default_by_market_id: Object.fromEntries(
        fees.sort(([a], [b]) => compareCodePoints(a, b)),
      ),
    },
    jobs: { top_k_persisted_default: jobs.top_k_persisted_default },
  };
}
