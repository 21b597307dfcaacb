import type { TimeUnit } from "./time_unit.ts";

/** What becomes of rows that no candle can be like: the whole source is refused, or they are left out. */
export const badRowsChoices = ["refuse", "skip"] as const;

/** One of {@link badRowsChoices}. */
export type BadRows = typeof badRowsChoices[number];

/** Which moment of its candle a stamp names. */
export const stampChoices = ["open", "close"] as const;

/** What a reader cannot tell from a file and is told; what is left out is told from the file, or is as described. */
export interface CandleReading {
  /** Unit of epoch stamps; else the one in which the last row lies in 1990 to 2099. */
  readonly timeUnit?: TimeUnit;
  /** Zone of times without an offset; else UTC, with a warning. Dates without a time are midnight UTC. */
  readonly timeZone?: string;
  /** Else `open`. */
  readonly stamp?: typeof stampChoices[number];
  /** Texts that stand for a missing value, such as `NA`; else only an empty field does. */
  readonly missing?: readonly string[];
}
