import type { Clock } from "../../src/ports/clock.ts";
import type { JobPorts } from "../../src/ports/job_ports.ts";
import type { JobWakeups } from "../../src/ports/job_wakeups.ts";
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
export interface MemoryJobs extends JobPorts {
  readonly wakeups: JobWakeups;
  readonly runStores: MemoryRuns;
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
    runStores: memoryRuns(store),
  };
}
