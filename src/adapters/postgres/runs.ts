import type { HeldRuns } from "../../ports/held_runs.ts";
import type { RunRepository } from "../../ports/run_repository.ts";
import type { RunSteps } from "../../ports/run_steps.ts";
import type { RunSweeps } from "../../ports/run_sweeps.ts";
import type { Sql } from "./connect.ts";
import { postgresHeldRuns } from "./held_runs.ts";
import { postgresRunRepository } from "./run_repository.ts";
import { postgresRunSteps } from "./run_steps.ts";
import { postgresRunSweeps } from "./run_sweeps.ts";

/** The run ports over one pool, which stays the caller's to close. */
export function postgresRuns(
  sql: Sql,
): {
  readonly runs: RunRepository;
  readonly steps: RunSteps;
  readonly held: HeldRuns;
  readonly sweeps: RunSweeps;
} {
  return {
    runs: postgresRunRepository(sql),
    steps: postgresRunSteps(sql),
    held: postgresHeldRuns(sql),
    sweeps: postgresRunSweeps(sql),
  };
}
