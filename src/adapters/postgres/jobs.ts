import type { JobArchive } from "../../ports/job_archive.ts";
import type { JobChanges } from "../../ports/job_changes.ts";
import type { JobPruning } from "../../ports/job_pruning.ts";
import type { JobQueue } from "../../ports/job_queue.ts";
import type { JobRepository } from "../../ports/job_repository.ts";
import type { JobResults } from "../../ports/job_results.ts";
import type { OptimizationCoordinator } from "../../ports/optimization_coordinator.ts";
import type { OptimizationReader } from "../../ports/optimization_reader.ts";
import type { TaskQueue } from "../../ports/task_queue.ts";
import type { Sql } from "./connect.ts";
import { postgresJobArchive } from "./job_archive.ts";
import { postgresJobChanges } from "./job_changes.ts";
import { postgresJobPruning } from "./job_pruning.ts";
import { postgresJobQueue } from "./job_queue.ts";
import { postgresJobRepository } from "./job_repository.ts";
import { postgresJobResults } from "./job_results.ts";
import { postgresOptimizationCoordinator } from "./optimization_coordinator.ts";
import { postgresOptimizationReader } from "./optimization_reader.ts";
import { postgresTaskQueue } from "./task_queue.ts";

/** The job ports over one pool, which stays the caller's to close. */
export function postgresJobs(
  sql: Sql,
): {
  readonly jobs: JobRepository;
  readonly queue: JobQueue;
  readonly results: JobResults;
  readonly changes: JobChanges;
  readonly archive: JobArchive;
  readonly pruning: JobPruning;
  readonly coordinator: OptimizationCoordinator;
  readonly tasks: TaskQueue;
  readonly optimizations: OptimizationReader;
} {
  return {
    jobs: postgresJobRepository(sql),
    queue: postgresJobQueue(sql),
    results: postgresJobResults(sql),
    changes: postgresJobChanges(sql),
    archive: postgresJobArchive(sql),
    pruning: postgresJobPruning(sql),
    coordinator: postgresOptimizationCoordinator(sql),
    tasks: postgresTaskQueue(sql),
    optimizations: postgresOptimizationReader(sql),
  };
}
