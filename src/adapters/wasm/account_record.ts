import {
  ACCOUNT_BYTES,
  ACCOUNT_CLOSE_LONG,
  ACCOUNT_CLOSE_SHORT,
  ACCOUNT_FEE_RATE,
  ACCOUNT_INIT_CASH,
  ACCOUNT_LOCK_RATE,
  ACCOUNT_OPEN_LONG,
  ACCOUNT_OPEN_SHORT,
  ACCOUNT_STAKE_MAX,
} from "../../../assembly/layout.ts";
import type { ExecutionSettings, SizingMode } from "../../core/execution/mod.ts";

/** The account as the module reads it: percentages as fractions, sizing modes as a stake limit and a lock rate. */
export function accountRecord(
  { execution, sizingMode }: { readonly execution: ExecutionSettings; readonly sizingMode: SizingMode },
): Float64Array {
  const slippage = execution.slippage_pct / 100;
  const locks = sizingMode === "strategy_compound_profit_lock";
  const account = new Float64Array(ACCOUNT_BYTES / 8);
  account[ACCOUNT_INIT_CASH / 8] = execution.init_cash_quote;
  account[ACCOUNT_STAKE_MAX / 8] = sizingMode === "fixed_quote" ? execution.fixed_quote : Infinity;
  account[ACCOUNT_LOCK_RATE / 8] = locks ? execution.safe_profit_percent / 100 : 0;
  account[ACCOUNT_FEE_RATE / 8] = execution.fee_pct / 100;
  account[ACCOUNT_OPEN_LONG / 8] = account[ACCOUNT_CLOSE_SHORT / 8] = 1 + slippage;
  account[ACCOUNT_OPEN_SHORT / 8] = account[ACCOUNT_CLOSE_LONG / 8] = 1 - slippage;
  return account;
}
