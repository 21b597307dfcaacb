import { candleBytes } from "../bars/mod.ts";
import { BacktestError } from "../errors/mod.ts";

/** What a sweep holds while it is open. */
export interface HeldMemory {
  /** Bars with warm-up. */
  readonly bars: number;
  /** Whether bars have closes of their own, as those of days and weeks of a market do. */
  readonly closeStamps: boolean;
  /** Further columns that its rules read; none unless given. */
  readonly furtherColumns?: number;
  /** Instances of the compute module, each with all of the sweep. */
  readonly threads: number;
  /** Whether every thread has candles of its own, as where threads cannot share memory. */
  readonly cloned: boolean;
  /** Bytes that one instance of the module reserves: columns, series, masks, tables, scores. */
  readonly moduleBytes: number;
}

/** The f64 close of a bar. */
const closeStampBytes = 8;

/** The f32 value of a further column on a bar. */
const furtherBytes = 4;

/**
 * Bytes a sweep holds from its opening to its end: the loaded candles once, and for every thread what its instance of the
 * module reserves, and candles of its own where it cannot share them. What is held for a moment only, such as the trades of a report,
 * is not counted.
 */
export function heldBytes(held: HeldMemory): number {
  const { bars, closeStamps, furtherColumns = 0, threads, cloned, moduleBytes } = held;
  const candles = bars * (candleBytes + (closeStamps ? closeStampBytes : 0) + furtherBytes * furtherColumns);
  return candles + threads * (moduleBytes + (cloned ? candles : 0));
}

/**
 * Refuses a sweep that would hold more than `maxBytes`, inclusive. The guard of `checkGuards` comes before it and counts
 * the indicator variants of a request; this one counts what is really reserved. Throws `validation_error` with the same
 * details.
 */
export function checkHeldMemory(held: HeldMemory, maxBytes: number): void {
  const bytes = heldBytes(held);
  if (bytes <= maxBytes) return;
  const { bars, threads } = held;
  throw new BacktestError(
    "validation_error",
    `Backtest memory guard exceeded: ${bytes} bytes would be held by ${threads} compute ` +
      `${
        threads === 1 ? "thread" : "threads"
      } over ${bars} bars, ${maxBytes} are allowed; fewer bars or threads need less`,
    {
      details: {
        error: "max_compute_bytes_total_exceeded",
        estimated_memory_bytes: bytes,
        max_compute_bytes_total: maxBytes,
        stage: "stage_a",
      },
    },
  );
}
