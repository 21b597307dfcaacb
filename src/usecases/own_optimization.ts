import { BacktestError } from "../core/errors/mod.ts";
import type { OptimizationReader, OptimizationState } from "../ports/optimization_reader.ts";
import { ownId } from "./own_id.ts";
import type { JobQuery } from "./own_job.ts";

/**
 * Reads an optimisation and decides whether the caller may see it: missing, or a job that is none, is `not_found`, another
 * user's is `forbidden`, unless the caller is an operator. Rejects with `validation_error` when the id is no UUID.
 */
export async function ownOptimization(
  optimizations: OptimizationReader,
  query: JobQuery,
): Promise<OptimizationState> {
  const id = ownId("optimization", query.jobId);
  const state = await optimizations.get(id);
  if (state === null) {
    throw new BacktestError("not_found", "Optimization was not found", { details: { id } });
  }
  if (state.job.userId !== query.userId && !query.isOperator) {
    throw new BacktestError("forbidden", "Optimization does not belong to current user", { details: { id } });
  }
  return state;
}
