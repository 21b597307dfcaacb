import { type Run, runNotFound } from "../core/run/mod.ts";
import type { RunRepository } from "../ports/run_repository.ts";
import type { RunDeps } from "../runs/deps.ts";
import { endedBy, settled } from "../runs/settle.ts";

/** Whose run is asked for. */
export interface OwnRunQuery {
  readonly runId: string;
  readonly userId: string;
}

/** The caller's run. Rejects with the same `not_found` for one that is somebody else's and for one that there is not. */
export async function ownRun(
  runs: Pick<RunRepository, "get">,
  { runId, userId }: OwnRunQuery,
): Promise<Run> {
  const run = await runs.get(runId);
  if (run?.userId !== userId) throw runNotFound();
  return run;
}

/** The caller's run as it is now, its elapsed deadlines counted. Rejects as {@link ownRun} does. */
export async function runNow(query: OwnRunQuery, deps: RunDeps): Promise<Run> {
  await ownRun(deps.runs, query);
  const run = await settled(query.runId, deps);
  if (run === null) throw runNotFound();
  return run;
}

/** Cancels the caller's run; one that has ended, be it by its deadlines, stays as it is and is returned so. */
export async function cancelRun(query: OwnRunQuery, deps: RunDeps): Promise<Run> {
  const run = await runNow(query, deps);
  if (run.state !== "running") return run;
  return await endedBy(run, { deps, end: { state: "cancelled", reason: "requested" } });
}
