import type { Clock } from "../../src/ports/clock.ts";
import type { JobArchive } from "../../src/ports/job_archive.ts";
import type { JobChanges } from "../../src/ports/job_changes.ts";
import type { JobPruning } from "../../src/ports/job_pruning.ts";
import type { JobQueue } from "../../src/ports/job_queue.ts";
import type { JobRepository } from "../../src/ports/job_repository.ts";
import type { JobResults } from "../../src/ports/job_results.ts";
import type { JobWakeups } from "../../src/ports/job_wakeups.ts";
import type { OptimizationCoordinator } from "../../src/ports/optimization_coordinator.ts";
import type { OptimizationReader } from "../../src/ports/optimization_reader.ts";
import type { TaskQueue } from "../../src/ports/task_queue.ts";
import { memoryJobArchive } from "./job_archive.ts";
import { memoryJobChanges } from "./job_changes.ts";
import { memoryJobPruning } from "./job_pruning.ts";
import { memoryJobQueue } from "./job_queue.ts";
import { memoryJobRepository } from "./job_repository.ts";
import { memoryJobResults } from "./job_results.ts";
import { emptyStore } from "./job_store.ts";
import { memoryJobWakeups } from "./job_wakeups.ts";
import { memoryOptimizationCoordinator } from "./optimization_coordinator.ts";
import { memoryOptimizationReader } from "./optimization_reader.ts";
import { memoryTaskQueue } from "./task_queue.ts";
import { type MemoryRuns, memoryRuns } from "./runs.ts";

/** The job ports over one store. */
export interface MemoryJobs {
  readonly jobs: JobRepository;
  readonly queue: JobQueue;
  readonly results: JobResults;
  readonly changes: JobChanges;
  readonly archive: JobArchive;
  readonly pruning: JobPruning;
  readonly wakeups: JobWakeups;
  readonly coordinator: OptimizationCoordinator;
  readonly tasks: TaskQueue;
  readonly optimizations: OptimizationReader;
  readonly runs: MemoryRuns;
}

/** The job ports over one store in memory; `clock` stands for the database's clock. */
export function memoryJobs(clock: Clock): MemoryJobs {
  const store = emptyStore(clock);
  return {
    jobs: memoryJobRepository(store),
    queue: memoryJobQueue(store),
    results: memoryJobResults(store),
    changes: memoryJobChanges(store),
    archive: memoryJobArchive(store),
    pruning: memoryJobPruning(store),
    wakeups: memoryJobWakeups(store),
    coordinator: memoryOptimizationCoordinator(store),
    tasks: memoryTaskQueue(store),
    optimizations: memoryOptimizationReader(store),
    runs: memoryRuns(store),
  };
}
