import {
  batchBarsMax,
  batchTargetMs,
  batchUnitsMax,
  firstBatchBars,
  firstBatchVariants,
  foldedBatchCells,
} from "../core/limits/mod.ts";

/** How many units the next batch takes. Results never depend on it. */
export interface BatchSize {
  /** Units of the next batch, >= 1. */
  readonly next: number;
  /** Where a batch ends that begins at a unit, in place of `next`: of a stage that is cut beforehand. */
  endOf?(from: number): number;
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

/** What one unit of a stage goes through. */
export interface UnitWork {
  /** Bars with warm-up, for which indicators are computed. */
  readonly bars: number;
  /** Variants of a unit. */
  readonly cells: number;
}

/**
 * Sizes of a stage: adaptive, from a first batch that is small enough for the slowest of units, and never more bars in a
 * batch than are gone through while a cancel or a stop can wait. One unit is always allowed.
 */
export function stageBatchSize({ bars, cells }: UnitWork): BatchSize {
  const first = Math.min(firstBatchVariants / cells, firstBatchBars / bars);
  return atMost(adaptiveBatchSize(first), unitsWithin(bars));
}

/** How many units of so many bars a batch may have, >= 1. */
export function unitsWithin(bars: number): number {
  return Math.max(1, Math.floor(batchBarsMax / bars));
}

/** The most base variants of a batch whose every cell may come back as a candidate. */
export function foldedBasesMax(riskTotal: number): number {
  return Math.max(1, Math.floor(foldedBatchCells / riskTotal));
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
