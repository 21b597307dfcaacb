import { BacktestError } from "../core/errors/mod.ts";
import type { JobError } from "../core/job/mod.ts";
import { scrub, scrubValue } from "../core/text/mod.ts";

const fallbackMessage = "The run could not be worked on";

/**
 * What a failed run stores of anything that was thrown, also of what is no Error: code, message and details of an error of
 * ours, else `backtest_job_runner_failed`. Stacks, paths and secrets stay in the log.
 */
export function runError(error: unknown): JobError {
  const text = scrub(error instanceof Error ? error.message : String(error)).trim() || fallbackMessage;
  if (!(error instanceof BacktestError)) {
    return { code: "backtest_job_runner_failed", message: text, details: {} };
  }
  return { code: error.code, message: text, details: scrubValue(error.details) as JobError["details"] };
}
