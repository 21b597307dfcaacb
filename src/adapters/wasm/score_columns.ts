import {
  MEASURE_DRAWDOWN,
  MEASURE_LOSS,
  MEASURE_PROFIT,
  MEASURE_STRIDE,
  MEASURE_TRADES,
} from "../../../assembly/layout.ts";
import { isRuined } from "../../core/execution/mod.ts";
import { merit, type RankingOrder, selectionScore } from "../../core/ranking/mod.ts";

/** What the variants of one chunk are ranked by, one entry per variant. */
export interface ScoreColumns {
  /** What variants are selected by: `primary`, but `-Infinity` where ruined. Lies in the module's memory. */
  readonly scores: Float64Array;
  /** Goodness of the primary metric; the scores themselves where it is the total return, which ruined variants have least of. */
  readonly primary: Float64Array;
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
export function distinctColumns(
  { scores, primary, secondary, returns }: ScoreColumns,
): readonly Float64Array[] {
  return [...new Set([scores, primary, ...(secondary === null ? [] : [secondary]), returns])];
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
    const field = (offset: number) => measures[(i * MEASURE_STRIDE + offset) / 8]!;
    const drawdown = field(MEASURE_DRAWDOWN);
    const { score, secondary } = merit(order, {
      totalReturnPct: returns[i]!,
      maxDrawdownPct: Number.isNaN(drawdown) ? null : drawdown * 100,
      grossProfit: field(MEASURE_PROFIT),
      grossLoss: field(MEASURE_LOSS),
      trades: field(MEASURE_TRADES),
    });
    columns.scores[position + i] = selectionScore({ score, ruined: isRuined(returns[i]!) });
    columns.primary[position + i] = score;
    if (columns.secondary !== null) columns.secondary[position + i] = secondary;
    columns.returns[position + i] = returns[i]!;
  }
}
