import { BacktestError } from "../../core/errors/mod.ts";
import type { SessionInput } from "./session_input.ts";

/**
 * Why a variant has no score: no order can be filled at `badBar` (counted from the slice), or, when that is -1, its
 * account has grown beyond all numbers.
 */
export function unscorableError(
  { prices, slice, plan }: SessionInput,
  { stageAIndex, badBar }: { readonly stageAIndex: number; readonly badBar: number },
): BacktestError {
  const variant = { stage_a_index: stageAIndex };
  if (badBar < 0) {
    const message = `Cannot score variant ${stageAIndex}: its account exceeds what a number can hold`;
    return new BacktestError("backtest_job_runner_failed", message, { details: variant });
  }
  const bar = slice.start + badBar;
  const close = prices.close[bar];
  const { slippage_pct } = plan.execution;
  return new BacktestError(
    "backtest_job_runner_failed",
    `Cannot fill an order at bar ${bar}: close ${close} with slippage ${slippage_pct} % gives no price above 0`,
    { details: { ...variant, bar_index: bar, close: String(close), slippage_pct } },
  );
}
