import type { JobHeatmap } from "../answers/job.ts";
import { BacktestError, validationError } from "../core/errors/mod.ts";
import type { StoredWinnerPlanes } from "../core/grid/mod.ts";
import type { JobRepository } from "../ports/job_repository.ts";
import type { JobResults } from "../ports/job_results.ts";
import { type JobQuery, ownJob } from "./own_job.ts";

/** Which plane is asked for; without names stop and target, or else the first two axes. */
export interface HeatmapQuery extends JobQuery {
  readonly x?: string;
  readonly y?: string;
}

/**
 * The returns around a job's winner over two axes. Rejects as `ownJob` does, with `conflict` while the job has not
 * succeeded, with `not_found` when it was run before there were heatmaps or has fewer than two axes that vary, and with
 * `validation_error` for axes it does not have.
 */
export async function jobHeatmap(
  query: HeatmapQuery,
  { jobs, results }: { readonly jobs: JobRepository; readonly results: JobResults },
): Promise<JobHeatmap> {
  const job = await ownJob(jobs, query);
  const attempt = `Cannot show a heatmap of job "${job.jobId}"`;
  if (job.state !== "succeeded") {
    throw new BacktestError("conflict", `${attempt}: it is ${job.state}, only succeeded jobs have one`);
  }
  const stored = await results.getPlanes(job.jobId);
  if (stored === null) {
    throw new BacktestError("not_found", `${attempt}: it was run by a version that stored none`);
  }
  if (stored.planes.length === 0) {
    throw new BacktestError("not_found", `${attempt}: fewer than two of its axes vary`);
  }
  const [x, y] = chosenAxes(stored, query);
  return {
    job_id: job.jobId,
    variant_key: stored.variantKey,
    axes: stored.axes.map(({ name }) => name),
    x: stored.axes[x]!,
    y: stored.axes[y]!,
    total_return_pct: returnsOver(stored, [x, y]),
  };
}

function chosenAxes(
  { axes, planes }: StoredWinnerPlanes,
  query: HeatmapQuery,
): readonly [number, number] {
  const names = axes.map(({ name }) => name);
  if (query.x === undefined && query.y === undefined) {
    const plane = planes.find(({ x, y }) => names[x] === "sl_pct" && names[y] === "tp_pct") ?? planes[0]!;
    return [plane.x, plane.y];
  }
  const position = (side: "x" | "y") => {
    const name = query[side];
    const known = name === undefined ? -1 : names.indexOf(name);
    if (known >= 0) return known;
    const problem = name === undefined ? `needs ${side} too` : `has no axis "${name}"`;
    throw refused(side, `The heatmap ${problem}; its axes are ${names.join(", ")}`);
  };
  const chosen = [position("x"), position("y")] as const;
  if (chosen[0] === chosen[1]) {
    throw refused("y", `The heatmap needs two different axes, got "${query.y}" twice`);
  }
  return chosen;
}

function returnsOver(
  { axes, planes }: StoredWinnerPlanes,
  [x, y]: readonly [number, number],
): JobHeatmap["total_return_pct"] {
  const { returns } = planes.find((plane) => plane.x === Math.min(x, y) && plane.y === Math.max(x, y))!;
  return x < y ? returns : axes[y]!.values.map((_, j) => axes[x]!.values.map((_, i) => returns[i]![j]!));
}

function refused(side: "x" | "y", message: string): BacktestError {
  return validationError(message, [{ path: `query.${side}`, code: "value_error", message }]);
}
