import { tradesPerJobMax, tradesPerRowMax } from "../core/limits/mod.ts";
import { warning } from "../core/errors/mod.ts";
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

/** Names the rows, of the first `traded` ones, whose trades are not there as they are too many. Rows are in rank order. */
export function leftOutWarnings(
  rows: readonly { readonly metrics: { readonly trades: number | null } | null; readonly trades: unknown }[],
  { traded }: { readonly traded: number },
): readonly string[] {
  const without = rows.slice(0, traded).flatMap(({ metrics, trades }, i) =>
    trades === null && metrics !== null ? [`${i + 1} (${metrics.trades})`] : []
  );
  if (without.length === 0) return [];
  const more = without.length > namedMax ? ` and ${without.length - namedMax} more` : "";
  return [warning(
    "trades_left_out",
    `the trades of rank ${
      without.slice(0, namedMax).join(", ")
    }${more} are not kept: ${tradesPerRowMax} are of a row, ` +
      `${tradesPerJobMax} of all; a shorter time_range has fewer`,
  )];
}

const namedMax = 5;
