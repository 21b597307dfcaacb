import { numbers, type TemplateRequest, unusualOf } from "./body.ts";
import type { ResolvedRequest } from "./effective.ts";
import type { EffectiveTemplate } from "./template.ts";
import { canonicalJson, sha256Hex } from "../core/text/mod.ts";
import { type Preselect, usualMinTrades } from "../core/ranking/mod.ts";

/** Hash of a request as it is stored. */
export function requestHash(stored: ResolvedRequest["stored"]): string {
  return hash(stored);
}

/** Hash of what the engine is told beside the grid: direction, sizing and the five execution numbers. */
export function engineParamsHash(
  template: Pick<EffectiveTemplate, "direction_mode" | "sizing_mode" | "execution">,
): string {
  const { direction_mode, sizing_mode, execution } = template;
  return hash({ direction_mode, sizing_mode, execution });
}

/** Hash of a stored strategy's specification. */
export function specHash(specPayloadJson: Readonly<Record<string, unknown>>): string {
  return hash(specPayloadJson);
}

/** Hash of a template request as sent, before the config's defaults: a change of a default does not change it. */
export function gridRequestHash(request: TemplateRequest): string {
  const { time_range, template } = request;
  const sent = (Object.keys(numbers) as (keyof typeof numbers)[]).map((
    name,
  ) => [name, request[name] ?? null]);
  return hash({ mode: "template", time_range, template, ...Object.fromEntries(sent), ...unusualOf(request) });
}

/** The part of the config that can change results. */
export interface RuntimeConfigSlice {
  readonly warmupBarsDefault: number;
  readonly topKDefault: number;
  readonly preselectDefault: Preselect;
  readonly ranking: {
    readonly primaryMetricDefault: string;
    readonly secondaryMetricDefault: string | null;
    readonly minTrades: number;
  };
  readonly execution: {
    readonly initCashQuoteDefault: number;
    readonly fixedQuoteDefault: number;
    readonly safeProfitPercentDefault: number;
    readonly slippagePctDefault: number;
    readonly feePctDefaultByMarketId: Readonly<Record<string, number>>;
  };
  readonly reporting: { readonly topTradesNDefault: number; readonly eagerTopReportsEnabled: boolean };
  readonly jobs: { readonly topKPersistedDefault: number };
}

/** Hash of the config keys that can change results; leases, polling, guards and thread counts are not among them. */
export function runtimeConfigHash(config: RuntimeConfigSlice): string {
  const { ranking, execution, reporting, jobs } = config;
  return hash({
    backtest: {
      warmup_bars_default: config.warmupBarsDefault,
      top_k_default: config.topKDefault,
      preselect_default: config.preselectDefault,
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
        fee_pct_default_by_market_id: execution.feePctDefaultByMarketId,
      },
      reporting: {
        top_trades_n_default: reporting.topTradesNDefault,
        eager_top_reports_enabled: reporting.eagerTopReportsEnabled,
      },
      jobs: { top_k_persisted_default: jobs.topKPersistedDefault },
    },
  });
}

function hash(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}
