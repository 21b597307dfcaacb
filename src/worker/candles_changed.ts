import { BacktestError } from "../core/errors/mod.ts";
import type { PreparedSweep } from "../sweep/prepare.ts";

const reason = "candles_changed";

/** Two loads of a sweep's candles differ: a part computed on one and a part on the other are no result. */
export function candlesChanged(
  { plan: { instrument, timeframe } }: Pick<PreparedSweep, "plan">,
): BacktestError {
  const { market_id, symbol } = instrument;
  return new BacktestError(
    "market_data_unavailable",
    `Cannot go on with market ${market_id} symbol "${symbol}" ${timeframe}: its candles are not those that the first ` +
      "part of the sweep was computed on; submit it again",
    { details: { market_id, symbol, reason } },
  );
}

/** Whether to try again would not help. */
export function isCandlesChanged(error: unknown): boolean {
  return error instanceof BacktestError && error.details.reason === reason;
}
