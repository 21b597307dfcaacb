import type { DataCoverage } from "../bars/mod.ts";

/** What a job has found out about its candles, stored once they are loaded. */
export interface RunData {
  readonly data: DataCoverage;
  /** What they gave reason to warn of, `code: sentence` each. */
  readonly warnings: readonly string[];
  /** Bars of history before the first one that is traded: trades count their bars from the first of these. */
  readonly barsBefore: number;
}

/** Throws a TypeError unless the counts are some and the warnings texts. */
export function requireRunData({ data, warnings, barsBefore }: RunData): void {
  const counts = [barsBefore, data.bars, data.missing_bars, data.gaps.count, data.gaps.longest];
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw new TypeError(`Cannot store the data of a run: not all of ${counts.join(", ")} are counts`);
  }
  if (!warnings.every((text) => text.trim() !== "")) {
    throw new TypeError("Cannot store the data of a run: a warning is blank");
  }
}

/** The same with members in their usual order, which jsonb does not keep. */
export function inRunDataOrder({ data, warnings, barsBefore }: RunData): RunData {
  const { first_bar, last_bar, bars, missing_bars, gaps, partial_last_bar, candles } = data;
  return {
    data: {
      first_bar,
      last_bar,
      bars,
      missing_bars,
      gaps: { count: gaps.count, longest: gaps.longest },
      partial_last_bar,
      ...(candles === undefined ? {} : { candles }),
    },
    warnings,
    barsBefore,
  };
}
