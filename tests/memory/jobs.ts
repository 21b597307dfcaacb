import type { Clock } from "../../src/ports/clock.ts";
import type { JobArchive } from "../../src/ports/job_archive.ts";
import type { JobChanges } from "../../src/ports/job_changes.ts";
import type { JobPruning } from "../../src/ports/job_pruning.ts";
import type { JobQueue } from "../../src/ports/job_queue.ts";
import type { JobRepository } from "../../src/ports/job_repository.ts";
import type { JobResults } from "../../src/ports/job_results.ts";
import type { JobWakeups } from "../../src/ports/job_wakeups.ts";
import { memoryJobArchive } from "./job_archive.ts";
import { memoryJobChanges } from "./job_changes.ts";
import { memoryJobPruning } from "./job_pruning.ts";
import { memoryJobQueue } from "./job_queue.ts";
import { memoryJobRepository } from "./job_repository.ts";
import { memoryJobResults } from "./job_results.ts";
import type { JobStore } from "./job_store.ts";
import { memoryJobWakeups } from "./job_wakeups.ts";
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
  readonly runs: MemoryRuns;
}

/** The job ports over one store in memory; `clock` stands for the database's clock. */
export function memoryJobs(clock: Clock): MemoryJobs {
  const store: JobStore = {
    clock,
    jobs: new Map(),
    topVariants: new Map(),
    shortlists: new Map(),
    planes: new Map(),
    idempotency: new Map(),
    listeners: new Set(),
    silentAttempts: new Map(),
    turns: new Map(),
    runs: new Map(),
  };
  return {
    jobs: memoryJobRepository(store),
    queue: memoryJobQueue(store),
    results: memoryJobResults(store),
    changes: memoryJobChanges(store),
    archive: memoryJobArchive(store),
    pruning: memoryJobPruning(store),
    wakeups: memoryJobWakeups(store),
    runs: memoryRuns(store),
  };
}
