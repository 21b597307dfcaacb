import { BacktestError, validationError } from "../core/errors/mod.ts";
import type { Trade } from "../core/execution/mod.ts";
import type { Job } from "../core/job/mod.ts";
import { type JobQuery, ownJob } from "./own_job.ts";
import type { TopDeps } from "./top_rows.ts";

/** The trades of one ranked variant, and the job it belongs to. */
export interface RowTrades {
  readonly job: Job;
  readonly trades: readonly Trade[];
}

/**
 * The trades of the row at `rank`. Rejects as `ownJob` does, with `validation_error` for a rank that no row can have, with
 * `conflict` before the job has succeeded, and with `not_found` when there is no such row, or none of its trades are kept.
 */
export async function rowTrades(
  query: JobQuery & { readonly rank: number },
  { jobs, results, topKPersisted }: Omit<TopDeps, "markets">,
): Promise<RowTrades> {
  const { rank } = query;
  if (!Number.isInteger(rank) || rank < 1 || rank > topKPersisted) {
    throw validationError("Validation failed", [{
      path: "path.rank",
      code: "value_error",
      message: `rank must be an integer from 1 to ${topKPersisted}, got ${rank}`,
    }]);
  }
  const job = await ownJob(jobs, query);
  const details = { job_id: job.jobId, rank };
  if (job.state !== "succeeded") {
    const message =
      `Cannot export trades of job "${job.jobId}": it is ${job.state}, only succeeded jobs have them`;
    throw new BacktestError("conflict", message, { details });
  }
  const row = (await results.listTopVariants(job.jobId, rank)).find((row) => row.rank === rank);
  if (row?.trades) return { job, trades: row.trades };
  const reason = row === undefined
    ? "there is no such row"
    : row.metrics !== null && rank <= Number(job.requestJson.top_trades_n)
    ? `its ${row.metrics.trades} trades are too many to be kept; a shorter time_range has fewer`
    : "they are kept for rank <= top_trades_n only; POST /backtests/variant-report computes those of any row";
  throw new BacktestError("not_found", `No trades of rank ${rank}: ${reason}`, { details });
}
