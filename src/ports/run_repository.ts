import type { Idempotency } from "../core/job/mod.ts";
import type { NewRun, Run, RunCursor, RunKind, RunState } from "../core/run/mod.ts";

/** One page of runs. */
export interface RunPage {
  readonly items: readonly Run[];
  /** Null on the last page. */
  readonly nextCursor: RunCursor | null;
}

/** Which of an owner's runs are listed. */
export interface RunQuery {
  readonly userId: string;
  /** 1..250. */
  readonly limit: number;
  readonly state?: RunState;
  /** All but baselines where it is left out. */
  readonly kind?: RunKind;
  readonly agentName?: string;
  readonly sessionTag?: string;
  readonly cursor?: RunCursor;
}

/** A page of an owner, which has at most one current run. */
export interface Workspace {
  readonly userId: string;
  readonly workspaceId: string;
}

/**
 * Starts runs and reads them.
 *
 * Every method rejects with `BacktestError` `storage_unavailable` when the database does not answer.
 */
export interface RunRepository {
  /**
   * Stores a running run that `holder` holds, in the first phase of its kind, and counts what its owner has active, jobs
   * among it, in the same transaction under the owner's lock. Rejects with `validation_error` (item `quota_exceeded`) when
   * `maxActive` are. The current run of a scenario's workspace makes room first: it is `current` no longer and, where it
   * still runs, cancelled as `superseded`.
   *
   * With a key that the owner used before, nothing is stored, counted or replaced: the earlier run is returned, or the
   * rejection is `conflict` when another body came with it.
   */
  create(
    run: NewRun,
    options: {
      readonly maxActive: number;
      readonly holder: string;
      readonly idempotency?: Idempotency;
    },
  ): Promise<Run>;
  /** The run the user created with this key, null when there is none. Rejects with `conflict` as `create` does. */
  findCreated(query: Idempotency & { readonly userId: string }): Promise<Run | null>;
  /** Reads without an owner filter. */
  get(runId: string): Promise<Run | null>;
  /** The same with the time on the database clock. */
  getAt(runId: string): Promise<{ readonly run: Run; readonly nowMs: number } | null>;
  /** Present states of at most {@link runLookMax} runs, without an owner filter, in no order; unknown ids are left out. */
  look(runIds: readonly string[]): Promise<readonly Run[]>;
  /** What a succeeded run came to, as it was stored; null for every other. */
  getResult(runId: string): Promise<Readonly<Record<string, unknown>> | null>;
  /** Ordered `createdAt DESC, runId DESC`. */
  listForUser(query: RunQuery): Promise<RunPage>;
  /** Listed runs of everybody, in the same order. */
  listListed(query: { readonly limit: number; readonly cursor?: RunCursor }): Promise<RunPage>;
  /** The newest succeeded interactive run of the agent; null when there is none. */
  latestSucceeded(query: { readonly userId: string; readonly agentName: string }): Promise<Run | null>;
  /** The run that a workspace shows. */
  currentOf(workspace: Workspace): Promise<Run | null>;
  /** Leaves the workspace without a current run, which is cancelled as `cleared` if it still runs. Returns it. */
  clear(workspace: Workspace): Promise<Run | null>;
}

/** Most runs of one look. */
export const runLookMax = 500;
