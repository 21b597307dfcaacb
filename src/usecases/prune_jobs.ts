import { validationError } from "../core/errors/mod.ts";
import { isTerminal, type JobState, jobStates } from "../core/job/mod.ts";
import type { EndedState, JobPruning, PrunedBatch, PruneSurvey } from "../ports/job_pruning.ts";
import { isUuid } from "../core/text/mod.ts";

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const daysMax = 36_500;
const batchJobs = 100;

/** Which jobs to prune; texts as the caller sent them. */
export interface PruneQuery {
  /** `90d`, `12w`, `36h`, `30m`. */
  readonly olderThan: string;
  /** All ended states unless given. */
  readonly states?: readonly string[];
  readonly userId?: string;
}

/** How far a pruning came. */
export interface PruneResult {
  readonly deleted: number;
  /** Whether it was told to stop before it was done. */
  readonly stopped: boolean;
}

/**
 * What a pruning would delete. Rejects with `validation_error` naming the age, the state or the user that cannot be
 * used.
 */
export async function surveyPruning(pruning: JobPruning, query: PruneQuery): Promise<PruneSurvey> {
  const { states, userId } = query;
  return await pruning.survey({
    olderThanMs: parseAge(query.olderThan),
    states: (states && states.length > 0 ? states : jobStates.filter(isTerminal)).map(parseState),
    ...(userId === undefined ? {} : { userId: parseUser(userId) }),
  });
}

/**
 * Deletes what a survey found, state by state in small batches, each a transaction of its own: a stop or a crash leaves
 * whole jobs, and another run goes on. `stop` ends it after the batch under way; `onProgress` hears the sum so far.
 */
export async function pruneJobs(
  pruning: JobPruning,
  options: {
    readonly survey: PruneSurvey;
    readonly userId?: string;
    readonly stop: AbortSignal;
    readonly onProgress?: (deleted: number) => void;
  },
): Promise<PruneResult> {
  const { survey, userId, stop, onProgress = () => {} } = options;
  const owner = userId === undefined ? {} : { userId: parseUser(userId) };
  let deleted = 0;
  for (const { state } of survey.found) {
    // each batch goes on where the last one came to, so that none goes through what is already deleted
    let endedFromMs: number | null = null;
    for (;;) {
      if (stop.aborted) return { deleted, stopped: true };
      const gone: PrunedBatch = await pruning.deleteBatch({
        state,
        endedBeforeMs: survey.endedBeforeMs,
        ...(endedFromMs === null ? {} : { endedFromMs }),
        limit: batchJobs,
        ...owner,
      });
      if (gone.deleted === 0) break;
      endedFromMs = gone.lastEndedMs;
      onProgress(deleted += gone.deleted);
    }
  }
  return { deleted, stopped: false };
}

function parseAge(text: string): number {
  const [, digits, unit] = /^([1-9]\d*)([mhdw])$/.exec(text.trim()) ?? [];
  const ms = digits && unit ? Number(digits) * unitMs[unit]! : NaN;
  if (ms <= daysMax * unitMs.d!) return ms;
  throw refused("older_than", `an age such as 90d, 12w, 36h or 30m, at most ${daysMax} days`, text);
}

function parseState(text: string): EndedState {
  const state = jobStates.find((known) => known === text.trim().toLowerCase());
  if (state !== undefined && isEnded(state)) return state;
  throw refused("state", "succeeded, failed or cancelled", text);
}

function isEnded(state: JobState): state is EndedState {
  return isTerminal(state);
}

function parseUser(text: string): string {
  const id = text.trim().toLowerCase();
  if (isUuid(id)) return id;
  throw refused("user", "a UUID", text);
}

function refused(path: string, expected: string, got: string): Error {
  const message = `Cannot prune jobs: ${path} must be ${expected}, got "${got}"`;
  return validationError(message, [{ path, code: "value_error", message }]);
}
