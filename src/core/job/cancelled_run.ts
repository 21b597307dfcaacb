import { BacktestError, type ErrorCode } from "../errors/mod.ts";
import type { Stage } from "./job.ts";

/** Ends that are no fault of the request: it may be sent again. */
const codes: Readonly<Record<string, ErrorCode>> = {
  deadline_exceeded: "deadline_exceeded",
  shutting_down: "shutting_down",
};

/** A synchronous run that ended early; `reason` is `deadline_exceeded`, `client_disconnected` or the like. */
export function cancelledRun(reason: string, stage: Stage): BacktestError {
  return new BacktestError(
    codes[reason] ?? "validation_error",
    `Backtest run cancelled cooperatively (reason=${reason}, stage=${stage})`,
    { details: { reason, stage } },
  );
}
