import { isTerminal, type JobError, type JobState, jobStates } from "../job/mod.ts";
import type { FinalMetrics } from "./final_metrics.ts";

/** What drives a run: an agent outside, a workspace's scenario, or nobody, since a baseline has only one way to go. */
export type RunKind = "interactive" | "scenario" | "baseline";

/** All kinds, in the order error messages list them. */
export const runKinds: readonly RunKind[] = ["interactive", "scenario", "baseline"];

/** Where a run stands: the words of jobs, of which a run needs no queue. */
export type RunState = Exclude<JobState, "queued">;

/** All states, in the order error messages list them. */
export const runStates: readonly RunState[] = jobStates.filter((state) => state !== "queued");

/** States a run ends in. */
export type EndedState = Exclude<RunState, "running">;

/** What a running run is doing. */
export type RunPhase = "loading" | "waiting_decision" | "validating" | "fetching_prices" | "calculating";

/** The phases of each kind, in order; a baseline is stored when it is over. */
export const phasesOf: Readonly<Record<RunKind, readonly RunPhase[]>> = {
  interactive: ["loading", "waiting_decision"],
  scenario: ["validating", "fetching_prices", "calculating"],
  baseline: [],
};

/** Why a run was cancelled. */
export type CancelReason = "requested" | "superseded" | "cleared";

/** All reasons. */
export const cancelReasons: readonly CancelReason[] = ["requested", "superseded", "cleared"];

/** What a caller supplies to start a run. */
export interface NewRun {
  /** UUID, lower case. */
  readonly runId: string;
  readonly userId: string;
  readonly kind: RunKind;
  /** Of a scenario: the page it belongs to, of which it becomes the current run. Null for the other kinds. */
  readonly workspaceId: string | null;
  /** The effective request. */
  readonly requestJson: Readonly<Record<string, unknown>>;
  readonly requestHash: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Null for scenarios, as is the model. */
  readonly agentName: string | null;
  readonly modelName: string | null;
  readonly sessionTag: string | null;
  /** Whether anybody may see that there is such a run. */
  readonly listed: boolean;
}

/** A stored run without what it came to. Times are epoch milliseconds UTC of the database clock. */
export interface Run extends NewRun {
  readonly state: RunState;
  /** Null exactly when the state is terminal. */
  readonly phase: RunPhase | null;
  /** Of a scenario: whether it is what its workspace shows. Null for the other kinds. */
  readonly current: boolean | null;
  /** Who works on it; null when nobody has to. */
  readonly ownerInstance: string | null;
  readonly heartbeatAtMs: number | null;
  /** Steps decided so far, which is the index of the open one; of a scenario the phases that were begun. */
  readonly stepIndex: number;
  /** 0 until the candles are loaded; of a scenario its phases. */
  readonly totalSteps: number;
  /** Steps that nobody decided in time. */
  readonly timeoutHolds: number;
  /** Set exactly while a decision is waited for. */
  readonly stepOpenedAtMs: number | null;
  /** Of the bars as they were first loaded, and how many of them are traded. */
  readonly candlesHash: string | null;
  readonly sliceBars: number | null;
  /** What was known of the bars then: coverage, warnings, and the range that the figures are of. */
  readonly loadedJson: Readonly<Record<string, unknown>> | null;
  /** Of a succeeded interactive run or baseline; what else came out of a run is read by itself. */
  readonly metrics: FinalMetrics | null;
  /** Run ids by name; null until they are made. */
  readonly baselines: Readonly<Record<string, string>> | null;
  readonly cancelReason: CancelReason | null;
  readonly lastError: string | null;
  readonly lastErrorJson: JobError | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly finishedAtMs: number | null;
}

/** What ended a run; a success comes with what it stores, of which `metrics` is shown with the run. */
export type RunEnd =
  | { readonly state: "succeeded"; readonly result: Readonly<Record<string, unknown>> }
  | { readonly state: "failed"; readonly error: JobError }
  | { readonly state: "cancelled"; readonly reason: CancelReason };

/** Where a run can be: in a phase, or at its end. */
export type RunPlace = RunPhase | EndedState;

/** From any phase a run may fail or be cancelled. */
const stops: readonly RunPlace[] = ["failed", "cancelled"];

const ways: Readonly<Record<RunPhase, readonly RunPlace[]>> = {
  loading: ["waiting_decision", ...stops],
  waiting_decision: ["waiting_decision", "succeeded", ...stops],
  // it is in its first phase before anybody has begun to work on it
  validating: ["validating", "fetching_prices", ...stops],
  fetching_prices: ["calculating", ...stops],
  calculating: ["succeeded", ...stops],
};

/** Whether a run may go from one place to the other. From its end nothing leads on. */
export function mayMove(from: RunPlace, to: RunPlace): boolean {
  return from in ways && ways[from as RunPhase].includes(to);
}

/** Where a run is. */
export function placeOf({ state, phase }: Pick<Run, "state" | "phase">): RunPlace {
  return phase ?? (state as EndedState);
}

/** Phases that were begun once a run is in this one. */
export function phasesBegun(kind: RunKind, phase: RunPhase): number {
  return phasesOf[kind].indexOf(phase) + 1;
}

/** Whether a run counts against its owner's quota: baselines never do. */
export function isActiveRun({ kind, state }: Pick<Run, "kind" | "state">): boolean {
  return kind !== "baseline" && !isTerminal(state);
}
