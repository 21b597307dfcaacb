import { batchTargetMs, batchUnitsMax } from "../core/limits.ts";

/** How many units the next batch takes. Results never depend on it. */
export interface BatchSize {
  /** Units of the next batch, >= 1. */
  readonly next: number;
  /** Learns from a finished batch. */
  observe(batch: { readonly units: number; readonly elapsedMs: number }): void;
}

/** Sizes batches to about {@link batchTargetMs} of compute; one observation changes the size at most fourfold. */
export function adaptiveBatchSize(first: number): BatchSize {
  let next = clamp(first);
  return {
    get next() {
      return next;
    },
    observe({ units, elapsedMs }) {
      const wanted = units * batchTargetMs / Math.max(elapsedMs, 0.01);
      next = clamp(Math.min(Math.max(wanted, next / 4), next * 4));
    },
  };
}

/** Another's sizes, but no more than `max` units. */
export function atMost(size: BatchSize, max: number): BatchSize {
  return {
    get next() {
      return Math.min(size.next, max);
    },
    observe: (batch) => size.observe(batch),
  };
}

/** Always the same size; for tests that want to know where the boundaries are. */
export function fixedBatchSize(units: number): BatchSize {
  return { next: clamp(units), observe() {} };
}

function clamp(units: number): number {
  return Math.min(Math.max(Math.floor(units), 1), batchUnitsMax);
}
