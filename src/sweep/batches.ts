import type { BatchSize } from "./batch_size.ts";

/** Half-open range of units. */
export interface Batch {
  readonly from: number;
  readonly to: number;
}

/** What a batch gives, and how long it took to compute. */
export interface BatchResult {
  readonly elapsedMs: number;
}

/** How a stage's units are cut, run and merged. */
export interface BatchRun<Result extends BatchResult> {
  readonly total: number;
  /** Batches under way at the same time, >= 1. */
  readonly inFlight: number;
  readonly size: BatchSize;
  run(batch: Batch): Promise<Result>;
  /** Takes a batch's result; called once per batch, in the order in which they finish. */
  merge(batch: Batch, result: Result): void;
  /** Called after every merge; a rejection stops the run and is passed on. */
  boundary(processedUnits: number): Promise<void>;
}

/**
 * Runs units `[0, total)` in batches, several at a time. The order in which batches finish is not fixed, so `merge` must
 * not depend on it. When anything rejects, no further batch is started and the batches under way are waited for.
 */
export async function runBatches<Result extends BatchResult>(stage: BatchRun<Result>): Promise<void> {
  const underWay = new Map<number, Promise<{ batch: Batch; result: Result }>>();
  let from = 0;
  let processedUnits = 0;
  try {
    while (processedUnits < stage.total) {
      while (from < stage.total && underWay.size < stage.inFlight) {
        const batch = { from, to: Math.min(from + stage.size.next, stage.total) };
        from = batch.to;
        underWay.set(batch.from, stage.run(batch).then((result) => ({ batch, result })));
      }
      const { batch, result } = await Promise.race(underWay.values());
      underWay.delete(batch.from);
      stage.merge(batch, result);
      stage.size.observe({ units: batch.to - batch.from, elapsedMs: result.elapsedMs });
      processedUnits += batch.to - batch.from;
      await stage.boundary(processedUnits);
    }
  } finally {
    await Promise.allSettled(underWay.values());
  }
}
