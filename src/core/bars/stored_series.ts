import { warning } from "../errors/mod.ts";
import { spacingText } from "./spacing.ts";
import type { CandleColumns, TimeRange } from "./candles.ts";
import type { WithFurther } from "./further_columns.ts";

/** Stored candles as read: ascending, one row per open time, f32, NaN where a field is missing. */
export interface StoredSeries extends WithFurther {
  readonly candles: CandleColumns;
  /** Spacing of the stored candles in ms; bars of a request are rolled up from them. */
  readonly timeframeMs: number;
  /** What readers of results must know about these rows, `code: sentence` each; empty for faultless ones. */
  readonly warnings: readonly string[];
  /** False: the source has no volume for the instrument at all, and the column holds 0. */
  readonly hasVolume: boolean;
  /** From the first row the source holds for the instrument to the end of the last one, whatever was asked for. */
  readonly covers: TimeRange;
  /** Whether they belong to who asked for them alone; those of everybody unless given. */
  readonly own?: boolean;
}

/** The rows of an instrument, and what is known besides. */
export interface WholeSeries extends Pick<StoredSeries, "candles" | "timeframeMs" | "further"> {
  readonly warnings?: readonly string[];
}

/**
 * What all rows are that a source holds for an instrument; no rows cover the empty range at 0. A volume column without a
 * single value is no volume.
 */
export function wholeSeries({ candles, further, timeframeMs, warnings = [] }: WholeSeries): StoredSeries {
  const { tsOpenMs, volume } = candles;
  const count = tsOpenMs.length;
  const hasVolume = count === 0 || hasValue(volume);
  return {
    candles: hasVolume ? candles : withoutVolume(candles),
    ...(further ? { further } : {}),
    timeframeMs,
    warnings: [...warnings, ...fartherApart(tsOpenMs, timeframeMs)],
    hasVolume,
    covers: count === 0
      ? { startMs: 0, endMs: 0 }
      : { startMs: tsOpenMs[0]!, endMs: tsOpenMs[count - 1]! + timeframeMs },
  };
}

/** Says that no two rows are as close as their length: then it was stated, and is probably not theirs. */
function fartherApart(tsOpenMs: Float64Array, timeframeMs: number): string[] {
  let closestMs = Infinity;
  for (let row = 1; row < tsOpenMs.length; row++) {
    closestMs = Math.min(closestMs, tsOpenMs[row]! - tsOpenMs[row - 1]!);
  }
  if (closestMs < 2 * timeframeMs || closestMs === Infinity) return [];
  const sentence =
    `the candles are said to be ${spacingText(timeframeMs)} long, and no two of them open less than ` +
    `${spacingText(closestMs)} apart`;
  return [warning("rows_farther_apart", sentence)];
}

/** Whether a column holds anything but missing values. */
export function hasValue(column: Float32Array): boolean {
  return column.some((value) => !Number.isNaN(value));
}

/** The rows with a volume of 0, in a column of its own. */
export function withoutVolume(candles: CandleColumns): CandleColumns {
  return { ...candles, volume: new Float32Array(candles.volume.length) };
}
