import { BacktestError } from "../errors/mod.ts";
import type { JobError } from "../job/mod.ts";
import type { Run } from "./run.ts";
import type { StepSource } from "./steps.ts";

/** Nobody but its owner is told that a run exists: the id is not repeated, so that both answers are the same bytes. */
export function runNotFound(): BacktestError {
  return new BacktestError("not_found", "Run was not found");
}

/** The refusal of a key that its owner created another run with. */
export function createKeyReused(
  { key, runId }: { readonly key: string; readonly runId: string },
): BacktestError {
  return new BacktestError("conflict", `Idempotency-Key "${key}" was used with another body`, {
    details: { idempotency_key: key, run_id: runId },
  });
}

/** The refusal of a key that came with another decision before. */
export function keyReused(stepIndex: number): BacktestError {
  return new BacktestError("conflict", "Idempotency-Key was used with another decision of this run", {
    details: { reason: "key_reused", step_index: stepIndex },
  });
}

/** The refusal of a decision for a step that somebody, or its deadline, closed before. */
export function stepAlreadyClosed(
  { stepIndex, source, nextStep }: {
    readonly stepIndex: number;
    readonly source: StepSource;
    readonly nextStep: number;
  },
): BacktestError {
  const outcome = source === "agent" ? "decided" : "timeout_hold";
  return new BacktestError("conflict", `Step ${stepIndex} is already closed; the open one is ${nextStep}`, {
    details: { reason: "step_already_closed", outcome, next_step: nextStep },
  });
}

/** The refusal of a decision for a step that is still to come. */
export function stepNotOpen(
  { stepIndex, nextStep }: { readonly stepIndex: number; readonly nextStep: number },
): BacktestError {
  return new BacktestError("conflict", `Step ${stepIndex} is not open yet; the open one is ${nextStep}`, {
    details: { reason: "step_not_open", next_step: nextStep },
  });
}

/** The refusal of a decision before there is a bar to decide on. */
export function stillLoading(): BacktestError {
  return new BacktestError("conflict", "The run is still loading its candles; ask again in a second", {
    details: { reason: "loading" },
  });
}

/** The refusal of a decision for a run that is over. */
export function runEnded({ state }: Pick<Run, "state">): BacktestError {
  return new BacktestError("conflict", `The run has ended: it is ${state}`, {
    details: { reason: "run_ended", state },
  });
}

/** The refusal of a result that is not there yet, or never will be. */
export function noResult({ runId, kind, state }: Pick<Run, "runId" | "kind" | "state">): BacktestError {
  if (kind === "scenario") {
    return new BacktestError("conflict", `The run is a scenario: its result is at /scenarios/${runId}`, {
      details: { reason: "scenario", state },
    });
  }
  return new BacktestError("conflict", `The run has no result: it is ${state}`, {
    details: { reason: "no_result", state },
  });
}

/** Why a run fails whose agent has not decided for too long. */
export function abandonedError(holds: number): JobError {
  return {
    code: "backtest_job_runner_failed",
    message: `The run was abandoned: ${holds} steps in a row went by without a decision`,
    details: { reason: "abandoned" },
  };
}

/** Why a run fails whose process has not been heard of. */
export function staleError(seconds: number): JobError {
  return {
    code: "backtest_job_runner_failed",
    message: `The process that worked on the run has not been heard of for ${seconds} s`,
    details: { reason: "stale" },
  };
}

/** Why a run fails that was left behind by the only process that could work on it. */
export function orphanedError(): JobError {
  return {
    code: "backtest_job_runner_failed",
    message: "The process that worked on the run was started anew",
    details: { reason: "restarted" },
  };
}

/** Why a run fails whose process was told to stop. */
export function stoppedError(): JobError {
  return {
    code: "backtest_job_runner_failed",
    message: "The process that loaded the run was stopped",
    details: { reason: "shutting_down" },
  };
}

/** Why a run fails whose candles are not those it was begun with. */
export function candlesChangedError(): JobError {
  return {
    code: "market_data_unavailable",
    message: "The candles of the run are not those that it was begun with",
    details: { reason: "candles_changed" },
  };
}
