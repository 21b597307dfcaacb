import { BacktestError } from "./errors.ts";
import type { Stage } from "./job.ts";

/** A synchronous run that ended early; `reason` is `deadline_exceeded`, `client_disconnected` or the like. */
export function cancelledRun(reason: string, stage: Stage): BacktestError {
  return new BacktestError(
    "validation_error",
    `Backtest run cancelled cooperatively (reason=${reason}, stage=${stage})`,
    { details: { reason, stage } },
  );
}
