import type { CandleColumns } from "../core/bars/mod.ts";
import type { Column } from "../core/catalogue/mod.ts";

/** One indicator with all its values chosen; they are within its definition. */
export interface IndicatorChoice {
  readonly id: string;
  /** By axis name, `source` among them. */
  readonly values: Readonly<Record<string, number | string>>;
  /** One of its definition's outputs. */
  readonly output: string;
}

/** Computes indicators outside a sweep. */
export interface IndicatorCompute {
  /**
   * The chosen output over all candles, one value per bar, NaN where there is none. Throws `backtest_job_runner_failed`
   * when the module traps.
   */
  series(choice: IndicatorChoice, candles: Pick<CandleColumns, Column>): Float32Array<ArrayBuffer>;
}
