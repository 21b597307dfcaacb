import type { JobArchive } from "./job_archive.ts";
import type { JobChanges } from "./job_changes.ts";
import type { JobPruning } from "./job_pruning.ts";
import type { JobQueue } from "./job_queue.ts";
import type { JobRepository } from "./job_repository.ts";
import type { JobResults } from "./job_results.ts";
import type { OptimizationCoordinator } from "./optimization_coordinator.ts";
import type { OptimizationReader } from "./optimization_reader.ts";
import type { TaskQueue } from "./task_queue.ts";

/** The ports of jobs and their tasks over one store. */
export interface JobPorts {
  readonly jobs: JobRepository;
  readonly queue: JobQueue;
  readonly results: JobResults;
  readonly changes: JobChanges;
  readonly archive: JobArchive;
  readonly pruning: JobPruning;
  readonly coordinator: OptimizationCoordinator;
  readonly tasks: TaskQueue;
  readonly optimizations: OptimizationReader;
}
