import PQueue from "p-queue";
import { BacktestError } from "../core/errors/mod.ts";
import type { JobResults } from "../ports/job_results.ts";

/** Reads of rows that may wait for their turn. */
const waitingMax = 64;

const queues = new WeakMap<JobResults, PQueue>();

/**
 * The same results, whose rows are read one job at a time: those of one job may be 70 MB, and a dozen at once would take
 * gigabytes. Rejects with `overloaded` where too many wait.
 */
export function readInTurn(results: JobResults): Pick<JobResults, "listTopVariants" | "getShortlist"> {
  const queue = queues.get(results) ?? new PQueue({ concurrency: 1 });
  queues.set(results, queue);
  return {
    getShortlist: (jobId) => results.getShortlist(jobId),
    async listTopVariants(jobId, limit) {
      if (queue.size >= waitingMax) {
        throw new BacktestError("overloaded", `Cannot read rows: ${queue.size} reads are waiting already`, {
          details: { retry_after_seconds: 5, waiting: queue.size },
        });
      }
      return await queue.add(() => results.listTopVariants(jobId, limit));
    },
  };
}
