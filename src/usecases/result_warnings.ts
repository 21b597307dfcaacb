import { lookAheadWarnings } from "../core/catalogue/mod.ts";
import { costWarnings, type FuturesMarkets, shortTradesOf } from "../core/execution/mod.ts";
import { tradeWarnings } from "../core/rules/mod.ts";
import type { ReportedVariant } from "../core/report/mod.ts";
import type { PreparedSweep } from "../sweep/prepare.ts";

/** All that a reader of results must know: of the indicators, then of the candles, then of the figures. */
export function resultWarnings(
  { plan, warnings }: Pick<PreparedSweep, "plan" | "warnings">,
  { markets, reports, ofRules }: {
    readonly markets: FuturesMarkets;
    /** See `ruleStartWarnings`. */
    readonly ofRules: readonly string[];
    readonly reports: readonly Pick<ReportedVariant, "metrics">[];
  },
): readonly string[] {
  const { instrument: { market_id: marketId }, directionMode } = plan;
  return [
    ...lookAheadWarnings(plan.indicators.map(({ indicatorId }) => indicatorId)),
    ...warnings,
    ...ofRules,
    ...(plan.rules === undefined ? [] : tradeWarnings(reports)),
    ...costWarnings({ marketId, markets, directionMode, shortTrades: shortTradesOf(reports) }),
  ];
}
