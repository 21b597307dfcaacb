import type { RuntimeDefaults } from "../answers/catalogue.ts";
import type { RequestDefaults } from "../request/effective.ts";
import { usualMinTrades } from "../core/ranking/mod.ts";
import { compareCodePoints } from "../core/text/mod.ts";

/** The defaults of a config; market ids in ascending order. */
export function runtimeDefaults(
  config: RequestDefaults & { readonly jobs: { readonly topKPersistedDefault: number } },
): RuntimeDefaults {
  const { execution, ranking } = config;
  const fees = Object.entries(execution.feePctDefaultByMarketId).sort(([a], [b]) => compareCodePoints(a, b));
  return {
    warmup_bars_default: config.warmupBarsDefault,
    top_k_default: config.topKDefault,
    preselect_default: config.preselectDefault,
    top_trades_n_default: config.reporting.topTradesNDefault,
    ranking: {
      primary_metric_default: ranking.primaryMetricDefault,
      secondary_metric_default: ranking.secondaryMetricDefault,
      ...(ranking.minTrades === usualMinTrades ? {} : { min_trades: ranking.minTrades }),
    },
    execution: {
      init_cash_quote_default: execution.initCashQuoteDefault,
      fixed_quote_default: execution.fixedQuoteDefault,
      safe_profit_percent_default: execution.safeProfitPercentDefault,
      slippage_pct_default: execution.slippagePctDefault,
      fee_pct_default_by_market_id: Object.fromEntries(fees),
    },
    jobs: { top_k_persisted_default: config.jobs.topKPersistedDefault },
  };
}
