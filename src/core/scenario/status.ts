import type { JobState } from "../job/mod.ts";

/** What a running scenario is doing, in this order. */
export const scenarioPhases = ["validating", "fetching_prices", "calculating"] as const;

/** One of {@link scenarioPhases}. */
export type ScenarioPhase = typeof scenarioPhases[number];

/** The stored run of a workspace's current job. Times are epoch ms. */
export interface WorkspaceRun {
  readonly runId: string;
  readonly state: JobState;
  /** Null once it has ended. */
  readonly phase: string | null;
  /** Steps begun: 0 before the task has taken it up, then the place of its phase from 1; it stays when the run ends. */
  readonly stepIndex: number;
  readonly symbol: string;
  readonly lastError: string | null;
  readonly createdAtMs: number;
  readonly finishedAtMs: number | null;
}

/** The words of a workspace's page. */
export const workspaceStatuses = ["pending", "running", "complete", "failed"] as const;

/** What is going on, in the same words. */
export const workspaceStages = [...scenarioPhases, "complete", "failed"] as const;

/** One of {@link workspaceStages}. */
export type WorkspaceStage = typeof workspaceStages[number];

/** A workspace's job as its page shows it. */
export interface WorkspaceStatus {
  readonly job_id: string;
  readonly status: typeof workspaceStatuses[number];
  readonly stage: WorkspaceStage;
  readonly stage_label: string;
  /** Percent. */
  readonly progress: number;
  readonly message: string;
  readonly has_result: boolean;
  readonly error: string | null;
  readonly created_at: string;
  /** Null until it is complete or failed. */
  readonly completed_at: string | null;
}

/** How each stage is shown. */
export const stageLabels: Readonly<Record<WorkspaceStage, string>> = {
  validating: "Validating inputs...",
  fetching_prices: "Fetching historical prices...",
  calculating: "Running backtest calculations...",
  complete: "Complete",
  failed: "Failed",
};

const progressOf: Readonly<Record<WorkspaceStage, number>> = {
  validating: 10,
  fetching_prices: 30,
  calculating: 70,
  complete: 100,
  failed: 0,
};

/**
 * The only place that turns a stored run into the words of a workspace: its status, stage, label, percentage and message
 * are stored nowhere. Throws for a run that was cancelled, which is nobody's current one.
 */
export function workspaceStatus(run: WorkspaceRun): WorkspaceStatus {
  const { runId, stepIndex, symbol, lastError, createdAtMs, finishedAtMs } = run;
  const stage = stageOf(run);
  const isPending = stage === "validating" && stepIndex === 0;
  const status = isPending ? "pending" : stage === "complete" || stage === "failed" ? stage : "running";
  return {
    job_id: runId,
    status,
    stage,
    stage_label: stageLabels[stage],
    progress: isPending ? 0 : progressOf[stage],
    message: stage === "complete" ? "Backtest complete!" : messageOf(stepIndex, symbol),
    has_result: stage === "complete",
    error: lastError,
    created_at: new Date(createdAtMs).toISOString(),
    completed_at: finishedAtMs === null ? null : new Date(finishedAtMs).toISOString(),
  };
}

function stageOf({ runId, state, phase }: WorkspaceRun): WorkspaceStage {
  if (state === "succeeded") return "complete";
  if (state === "failed") return "failed";
  const known = scenarioPhases.find((known) => known === phase);
  if (state === "running" && known !== undefined) return known;
  throw new RangeError(`run ${runId} is ${state} in phase ${phase}: no workspace shows it`);
}

/** Of the step a run is in, or was in when it failed. */
function messageOf(stepIndex: number, symbol: string): string {
  return [
    "",
    "Validating inputs...",
    `Fetching prices for ${symbol}...`,
    "Processing results...",
  ][stepIndex] ?? "";
}
