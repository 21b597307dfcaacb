import type { Timeline, TimeRange } from "./candles.ts";
import type { Replay, Trade } from "./execution.ts";
import type { SweepPlan } from "./plan.ts";
import { measuresOf, merit } from "./ranking_metric.ts";
import { buildReport, type ReportRow } from "./report.ts";

/** A replayed variant as it is stored: its report, its trades if wanted, and the figures it must have been ranked by. */
export interface ReportedVariant {
  readonly totalReturnPct: number;
  /** Goodness of the primary and the secondary ranking metric; see `merit`. */
  readonly score: number;
  readonly secondary: number;
  readonly rows: readonly ReportRow[];
  readonly tableMd: string;
  /** Null unless asked for. */
  readonly trades: readonly Trade[] | null;
}

/** What is reported of a variant. */
export interface ReportWish {
  /** The range as requested; it heads the report. */
  readonly requestRange: TimeRange;
  readonly withTrades: boolean;
}

/** Builds the report of a replay and measures it once more. Pure. */
export function reportVariant(
  replay: Replay,
  { plan, timeline, wish }: {
    readonly plan: SweepPlan;
    readonly timeline: Timeline;
    readonly wish: ReportWish;
  },
): ReportedVariant {
  const { requestRange, withTrades } = wish;
  const { metrics, rows, tableMd } = buildReport({
    replay,
    timeline,
    requestRange,
    execution: plan.execution,
  });
  const figures = merit(plan.ranking, measuresOf(replay, metrics["Max. Drawdown [%]"]));
  return {
    totalReturnPct: replay.total_return_pct,
    ...figures,
    rows,
    tableMd,
    trades: withTrades ? replay.trades : null,
  };
}
