import type { JobPorts } from "../../ports/job_ports.ts";
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
export function postgresJobs(sql: Sql): JobPorts {
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
