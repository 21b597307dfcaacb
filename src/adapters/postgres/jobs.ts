import type { JobChanges } from "../../ports/job_changes.ts";
import type { JobQueue } from "../../ports/job_queue.ts";
import type { JobRepository } from "../../ports/job_repository.ts";
import type { JobResults } from "../../ports/job_results.ts";
import type { Sql } from "./connect.ts";
import { postgresJobChanges } from "./job_changes.ts";
import { postgresJobQueue } from "./job_queue.ts";
import { postgresJobRepository } from "./job_repository.ts";
import { postgresJobResults } from "./job_results.ts";

/** The job ports over one pool, which stays the caller's to close. */
export function postgresJobs(
  sql: Sql,
): {
  readonly jobs: JobRepository;
  readonly queue: JobQueue;
  readonly results: JobResults;
  readonly changes: JobChanges;
} {
  return {
    jobs: postgresJobRepository(sql),
    queue: postgresJobQueue(sql),
    results: postgresJobResults(sql),
    changes: postgresJobChanges(sql),
  };
}
