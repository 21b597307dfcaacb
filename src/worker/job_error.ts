import { BacktestError } from "../core/errors/mod.ts";
import type { JobError, Stage } from "../core/job/mod.ts";
import { scrub, scrubValue } from "../core/text/mod.ts";

const fallbackMessage = "Backtest job runner execution failed";

/**
 * What a failed job stores: code, message and details with the stage, the error's class and type and, for structured
 * errors, their own details. Stacks, paths and secrets stay in the log.
 */
export function jobError(error: unknown, stage: Stage): JobError {
  const structured = error instanceof BacktestError ? error : null;
  const text = scrub(error instanceof Error ? error.message : String(error)).trim();
  return {
    code: "backtest_job_runner_failed",
    message: text || fallbackMessage,
    details: sortKeys({
      ...scrubValue(structured?.details ?? {}) as Record<string, unknown>,
      error_class: structured?.errorClass ?? "InternalError",
      exception_type: structured?.code ?? (error instanceof Error ? error.name : typeof error),
      ...(text === "" ? {} : { message: text }),
      stage,
    }),
  };
}

function sortKeys(details: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(details).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0));
}
