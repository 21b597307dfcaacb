import { barGaps } from "./bar_gaps.ts";
import type { TimeRange } from "./candles.ts";
import { coversEnd, coversStart } from "./covered_ends.ts";

import { formatTimestamp } from "../text/mod.ts";
import type { MarketHours } from "./market_hours.ts";
import type { Calendar } from "./timeframe.ts";
import type { BuiltTimeline } from "./timeline.ts";

/** What the data of a run are, as every result carries it. */
export interface DataCoverage {
  /** Open of the first bar that is traded and measured, ISO 8601 UTC; null when there is none. */
  readonly first_bar: string | null;
  /** Open of the last one. */
  readonly last_bar: string | null;
  /** Bars between them that are made of candles. */
  readonly bars: number;
  /** Bars the market's calendar expects between them and the candles do not give. */
  readonly missing_bars: number;
  /** Runs of missing bars; `longest` in bars. */
  readonly gaps: { readonly count: number; readonly longest: number };
  /** Whether the range or the data end inside of a bar. */
  readonly partial_last_bar: boolean;
  /** Candles that the owner of the run uploaded; absent where they are those of everybody. */
  readonly candles?: "own";
}

/** The data of a run and the range its figures are of. */
export interface Coverage {
  readonly data: DataCoverage;
  /** The requested range, clipped to the data where these do not cover it. */
  readonly range: TimeRange;
  /** Whether an end was clipped. */
  readonly short: boolean;
}

/** What a coverage is worked out from. */
export interface CoverageInput {
  readonly built: BuiltTimeline;
  readonly requestRange: TimeRange;
  readonly calendar: Calendar;
  /** When a market with sessions is open, where its config says it. */
  readonly hours?: MarketHours | undefined;
  /** From the first row the source holds to the end of its last one, and their spacing. */
  readonly stored: { readonly covers: TimeRange; readonly timeframeMs: number };
}

/** Tells what the bars of a run cover of the requested range. */
export function dataCoverage({ built, requestRange, calendar, hours, stored }: CoverageInput): Coverage {
  const { timeline: { slice, candles: { tsOpenMs } }, bars, grid, end } = built;
  const { start, stop } = slice;
  const partial_last_bar = end.partial !== null;
  if (start >= stop) {
    const data = {
      first_bar: null,
      last_bar: null,
      bars: 0,
      missing_bars: 0,
      gaps: { count: 0, longest: 0 },
    };
    return { data: { ...data, partial_last_bar }, range: requestRange, short: false };
  }
  const firstMs = tsOpenMs[start]!;
  const ends = { grid, calendar, requestRange };
  // a bar that closes with the range is not traded, but the data are there
  const dataEndMs = calendar === "sessions" || end.partial !== null
    ? -Infinity
    : grid.bucketAt(stored.covers.endMs - stored.timeframeMs).closeMs;
  const startsCovered = coversStart(firstMs, ends);
  const lastCloseMs = bars.tsCloseMs[stop - 1]!;
  const endsCovered = coversEnd(Math.max(lastCloseMs, dataEndMs), ends);
  const gaps = barGaps({ bars, slice, calendar, hours, barMs: grid.barMs });
  return {
    data: {
      first_bar: formatTimestamp(firstMs),
      last_bar: formatTimestamp(tsOpenMs[stop - 1]!),
      bars: gaps.made,
      missing_bars: gaps.missing,
      gaps: { count: gaps.count, longest: gaps.longest },
      partial_last_bar,
    },
    range: {
      startMs: startsCovered ? requestRange.startMs : firstMs,
      endMs: endsCovered ? requestRange.endMs : lastCloseMs,
    },
    short: !startsCovered || !endsCovered,
  };
}
