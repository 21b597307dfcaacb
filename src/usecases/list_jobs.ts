import { type JobList, jobListMembers } from "../answers/job.ts";
import { BacktestError, validationError } from "../core/errors/mod.ts";
import { decodeJobCursor, encodeJobCursor, type JobState, jobStates } from "../core/job/mod.ts";
import type { JobRepository } from "../ports/job_repository.ts";
import { jobStatus } from "./job_status.ts";
import { listLimit } from "./list_limit.ts";
import { isUuid } from "../core/text/mod.ts";

/** Which jobs are asked for; texts as the caller sent them, blank ones count as absent. */
export interface JobListQuery {
  readonly userId: string;
  /** He may list everybody's jobs; false unless given. */
  readonly isOperator?: boolean;
  /** Whose jobs, `all` for everybody's; the caller's own unless given. */
  readonly of?: string;
  readonly state?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** A page of the caller's jobs. Rejects with `validation_error` naming state, cursor or limit, checked in that order. */
export async function listJobs(jobs: JobRepository, query: JobListQuery): Promise<JobList> {
  const state = parseState(query.state);
  const cursor = query.cursor?.trim() ? decodeJobCursor(query.cursor.trim()) : undefined;
  const limit = listLimit(query.limit, "Jobs");
  const page = await jobs.listForUser({
    userId: ownerOf(query),
    limit,
    ...(state === undefined ? {} : { state }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  return {
    items: page.items.map((job) => {
      const status = jobStatus(job);
      return Object.fromEntries(
        jobListMembers.map((name) => [name, status[name]]),
      ) as JobList["items"][number];
    }),
    next_cursor: page.nextCursor && encodeJobCursor(page.nextCursor),
  };
}

/** Null for everybody. */
function ownerOf({ userId, isOperator = false, of }: JobListQuery): string | null {
  const owner = of?.trim().toLowerCase();
  if (!owner || owner === userId) return userId;
  if (!isOperator) {
    throw new BacktestError("forbidden", "Jobs of other users are listed for operators only", {
      details: { user_id: owner },
    });
  }
  if (owner === "all") return null;
  if (isUuid(owner)) return owner;
  const item = { path: "query.user_id", code: "uuid_parsing", message: "user_id must be a UUID or all" };
  throw validationError("Invalid jobs user filter", [item]);
}

function parseState(text: string | undefined): JobState | undefined {
  const name = text?.trim().toLowerCase();
  if (!name) return undefined;
  const state = jobStates.find((known) => known === (name === "canceled" ? "cancelled" : name));
  if (state) return state;
  throw validationError("Invalid jobs state filter", [
    {
      path: "query.state",
      code: "invalid_value",
      message: "state must be one of: queued, running, succeeded, failed, cancelled",
    },
  ]);
}
