import { MEASURE_DRAWDOWN, MEASURE_LOSS, MEASURE_PROFIT, MEASURE_STRIDE } from "../../../assembly/layout.ts";
import { merit, type RankingOrder } from "../../core/ranking_metric.ts";

/** What the variants of one chunk are ranked by, one entry per variant. */
export interface ScoreColumns {
  /** Goodness of the primary metric; lies in the module's memory. */
  readonly scores: Float64Array;
  /** Goodness of the secondary metric; null without one. */
  readonly secondary: Float64Array | null;
  /** Total returns in percent; the scores themselves where nothing else is ranked by. */
  readonly returns: Float64Array;
}

/** What the kernels measured of some variants. */
export interface MeasuredVariants {
  /** Total returns in percent. */
  readonly returns: Float64Array;
  /** Records of measures. */
  readonly measures: Float64Array;
}

/** Each different column once. */
export function distinctColumns({ scores, secondary, returns }: ScoreColumns): readonly Float64Array[] {
  return [scores, ...(secondary === null ? [] : [secondary]), ...(returns === scores ? [] : [returns])];
}

/** Writes measured variants into the columns from `position` on. */
export function putMeasured(
  columns: ScoreColumns,
  { returns, measures, position, order }: MeasuredVariants & {
    readonly position: number;
    readonly order: RankingOrder;
  },
): void {
  for (let i = 0; i < returns.length; i++) {
    const field = (offset: number) => measures[(i * MEASURE_STRIDE + offset) / 8];
    const drawdown = field(MEASURE_DRAWDOWN);
    const { score, secondary } = merit(order, {
      totalReturnPct: returns[i],
      maxDrawdownPct: Number.isNaN(drawdown) ? null : drawdown * 100,
      grossProfit: field(MEASURE_PROFIT),
      grossLoss: field(MEASURE_LOSS),
    });
    columns.scores[position + i] = score;
    if (columns.secondary !== null) columns.secondary[position + i] = secondary;
    columns.returns[position + i] = returns[i];
  }
}
