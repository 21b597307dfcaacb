import type { TimeRange } from "../bars/mod.ts";
import { shortTrades, type Trade, type TradeColumns } from "../execution/mod.ts";
import type { SweepPlan } from "../grid/mod.ts";
import { merit, profitAndLoss } from "../ranking/mod.ts";
import { buildReport, type ReportRow } from "./report.ts";
import type { ReportDesk } from "./report_desk.ts";
import { type VariantMetrics, variantMetrics } from "./variant_metrics.ts";

/** A replayed variant as it is stored: its report, its trades if wanted, and the figures it must have been ranked by. */
export interface ReportedVariant {
  readonly totalReturnPct: number;
  /** Goodness of the primary and the secondary ranking metric; see `merit`. */
  readonly score: number;
  readonly secondary: number;
  readonly metrics: VariantMetrics;
  readonly rows: readonly ReportRow[];
  readonly tableMd: string;
  /** Null unless asked for, and where there are too many. */
  readonly trades: readonly Trade[] | null;
}

/** What is reported of a variant. */
export interface ReportWish {
  /** The range the figures are of, which need not lie on bars; it heads the table. */
  readonly requestRange: TimeRange;
  /** How many daily returns make a year. */
  readonly daysPerYear: number;
  readonly withTrades: boolean;
  /** Of a variant with more trades none are given; no bound unless there is one. */
  readonly tradesMax?: number;
}

/** A replayed variant as it is reported. */
export interface TradedVariant {
  readonly trades: TradeColumns;
  readonly totalReturnPct: number;
  /** The same trades as they are stored; null unless wanted. */
  readonly storedTrades: readonly Trade[] | null;
}

/** Builds the report of a traded variant and measures it once more. */
export function reportVariant(
  { trades, totalReturnPct, storedTrades }: TradedVariant,
  { plan, desk, requestRange, daysPerYear }: Pick<ReportWish, "requestRange" | "daysPerYear"> & {
    readonly plan: Pick<SweepPlan, "execution" | "ranking">;
    readonly desk: ReportDesk;
  },
): ReportedVariant {
  const { execution } = plan;
  const { figures, rows, tableMd } = buildReport({ trades, desk, requestRange, daysPerYear, execution });
  const measures = {
    totalReturnPct,
    maxDrawdownPct: figures.rows["Max. Drawdown [%]"],
    ...profitAndLoss(trades.net.subarray(0, trades.count)),
  };
  const metrics = variantMetrics({ figures, measures, shortTrades: shortTrades(trades) });
  return { totalReturnPct, ...merit(plan.ranking, measures), metrics, rows, tableMd, trades: storedTrades };
}
