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
  /** Called after every merge; a rejection stops the run and is passed on. `enough` ends it as if it had no more units. */
  boundary(processedUnits: number): Promise<void | "enough">;
  /**
   * Merges in order of their units, so that at every boundary the units from 0 on are merged and no others. Results that have
   * to wait are kept, as many as are under way at the most.
   */
  readonly inOrder?: boolean;
}

/**
 * Runs units `[0, total)` in batches, several at a time. The order in which batches finish is not fixed, so `merge` must
 * not depend on it unless it is asked for. When anything rejects, no further batch is started and the batches under way are
 * waited for; so it is when there is enough, and what becomes of them then is of no interest.
 */
export async function runBatches<Result extends BatchResult>(stage: BatchRun<Result>): Promise<void> {
  const { total, inFlight, size, inOrder = false } = stage;
  const underWay = new Map<number, Promise<{ batch: Batch; result: Result }>>();
  const waiting = new Map<number, { batch: Batch; result: Result }>();
  let from = 0;
  let processedUnits = 0;
  try {
    while (processedUnits < total) {
      while (from < total && underWay.size < inFlight && waiting.size < inFlight) {
        const end = size.endOf?.(from) ?? from + size.next;
        const batch = { from, to: Math.min(end, total) };
        from = batch.to;
        underWay.set(batch.from, stage.run(batch).then((result) => ({ batch, result })));
      }
      const finished = await Promise.race(underWay.values());
      underWay.delete(finished.batch.from);
      waiting.set(finished.batch.from, finished);
      const next = () => waiting.get(inOrder ? processedUnits : finished.batch.from);
      for (let ready = next(); ready; ready = next()) {
        const { batch, result } = ready;
        waiting.delete(batch.from);
        stage.merge(batch, result);
        size.observe({ units: batch.to - batch.from, elapsedMs: result.elapsedMs });
        processedUnits += batch.to - batch.from;
        if (await stage.boundary(processedUnits) === "enough") return;
      }
    }
  } finally {
    await Promise.allSettled(underWay.values());
  }
}
