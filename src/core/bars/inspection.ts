import { durationText, formatTimestamp, sparkline } from "../text/mod.ts";
import { candleFault, shownF32 } from "./bad_candle.ts";
import { barGaps } from "./bar_gaps.ts";
import { CandleJudge } from "./candle_judge.ts";
import { barGrid } from "./bar_grid.ts";
import type { CandleColumns } from "./candles.ts";
import type { DayStart } from "./day_start.ts";
import type { MarketHours } from "./market_hours.ts";
import { spacingText } from "./spacing.ts";
import type { StoredSeries } from "./stored_series.ts";
import { type Calendar, timeframeMs as lengthOf } from "./timeframe.ts";

/** A stretch without rows between two that are there. */
export interface InspectedGap {
  /** Where the row before it ends, and where the next one opens, ISO 8601 UTC. */
  readonly from: string;
  readonly to: string;
  readonly length: string;
}

/** A row that stands out. */
export interface InspectedRow {
  /** Such as `line 102`. */
  readonly place: string;
  readonly ts_open: string;
  readonly what: string;
}

/** What stored candles are like, before anything is made of them. */
export interface Inspection {
  readonly rows: number;
  /** Opens of the first and the last row, ISO 8601 UTC. */
  readonly first_bar: string;
  readonly last_bar: string;
  readonly spacing: string;
  readonly gaps: {
    readonly count: number;
    readonly longest: string | null;
    readonly largest: readonly InspectedGap[];
  };
  /** Rows that the calendar expects between the first and the last. */
  readonly missing_bars: {
    readonly calendar: Calendar;
    /** There where the config says when the market is open. */
    readonly by_hours?: true;
    readonly count: number;
  };
  /** Rows that no candle can be like; the first of them. */
  readonly impossible: { readonly count: number; readonly first: readonly InspectedRow[] };
  /** Closes that differ from the one before by more than a fifth, the largest of them. */
  readonly jumps: { readonly count: number; readonly largest: readonly InspectedRow[] };
  /** Longer bars that the last row does not fill. */
  readonly partial_last_bar: readonly string[];
  /** Rows that lack the value. */
  readonly missing_values: Readonly<Record<"open" | "high" | "low" | "close", number>>;
  /** Null: there is no volume. */
  readonly volume: { readonly missing: number; readonly zero: number; readonly equal: boolean } | null;
  readonly close: {
    readonly lowest: number | null;
    readonly highest: number | null;
    readonly sparkline: string;
  };
}

/** What is inspected, and what is known besides. */
export interface InspectionInput {
  readonly series: StoredSeries;
  readonly calendar: Calendar;
  /** When a market with sessions is open, where its config says it. */
  readonly hours?: MarketHours | undefined;
  /** Where days, and bars of an hour or more, start; midnight UTC unless given. */
  readonly dayStart?: DayStart | null;
  /** Such as ` line 102`. */
  place(row: number): string;
}

const shownRows = 5;
const jumpShare = 0.2;
const sparklineWidth = 60;
const longerBars = ["1h", "1d"];

/** Looks at stored candles as they are. There must be at least one row. */
export function inspected({ series, calendar, hours, dayStart = null, place }: InspectionInput): Inspection {
  const { candles, timeframeMs, hasVolume } = series;
  const { tsOpenMs, close, volume } = candles;
  const count = tsOpenMs.length;
  const row = (index: number, what: string): InspectedRow => ({
    place: place(index).trim(),
    ts_open: formatTimestamp(tsOpenMs[index]!),
    what,
  });
  const gaps = gapsOf(tsOpenMs, timeframeMs);
  const endMs = tsOpenMs[count - 1]! + timeframeMs;
  const zeros = volume.filter((value) => value === 0).length;
  const known = close.filter((value) => !Number.isNaN(value));
  const missing = (name: "open" | "high" | "low" | "close") => candles[name].filter(Number.isNaN).length;
  return {
    rows: count,
    first_bar: formatTimestamp(tsOpenMs[0]!),
    last_bar: formatTimestamp(tsOpenMs[count - 1]!),
    spacing: spacingText(timeframeMs),
    gaps: {
      count: gaps.length,
      longest: gaps.length === 0 ? null : durationText(gaps[0]!.toMs - gaps[0]!.fromMs),
      largest: gaps.slice(0, shownRows).map(({ fromMs, toMs }) => ({
        from: formatTimestamp(fromMs),
        to: formatTimestamp(toMs),
        length: durationText(toMs - fromMs),
      })),
    },
    missing_bars: {
      calendar,
      ...(hours !== undefined && calendar === "sessions" ? { by_hours: true } : {}),
      count: missingBars({ candles, timeframeMs, calendar, hours }),
    },
    impossible: impossibleRows(candles, row),
    jumps: jumpsOf(close, row),
    partial_last_bar: longerBars.filter((bar) =>
      timeframeMs < lengthOf(bar) && barGrid(bar, dayStart).bucketAt(endMs).openMs !== endMs
    ),
    missing_values: {
      open: missing("open"),
      high: missing("high"),
      low: missing("low"),
      close: missing("close"),
    },
    volume: hasVolume
      ? {
        missing: volume.filter(Number.isNaN).length,
        zero: zeros,
        equal: count > 1 && zeros < count && volume.every((value) => value === volume[0]),
      }
      : null,
    close: {
      lowest: asWritten(known.reduce((low, value) => Math.min(low, value), Infinity)),
      highest: asWritten(known.reduce((high, value) => Math.max(high, value), -Infinity)),
      sparkline: sparkline(close, sparklineWidth),
    },
  };
}

/** The shortest decimal that is the same f32; null where there is no value. */
function asWritten(value: number): number | null {
  return Number.isFinite(value) ? Number(shownF32(value)) : null;
}

interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Gaps of half a row or more, the longest first. */
function gapsOf(tsOpenMs: Float64Array, timeframeMs: number): readonly Gap[] {
  const gaps: Gap[] = [];
  for (let row = 1; row < tsOpenMs.length; row++) {
    const fromMs = tsOpenMs[row - 1]! + timeframeMs;
    if (tsOpenMs[row]! - fromMs >= timeframeMs / 2) gaps.push({ fromMs, toMs: tsOpenMs[row]! });
  }
  return gaps.sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs) || a.fromMs - b.fromMs);
}

function missingBars(
  { candles, timeframeMs, calendar, hours }: {
    readonly hours: MarketHours | undefined;
    readonly candles: CandleColumns;
    readonly timeframeMs: number;
    readonly calendar: Calendar;
  },
): number {
  const { tsOpenMs } = candles;
  if (calendar === "continuous") {
    return gapsOf(tsOpenMs, timeframeMs)
      .reduce((sum, { fromMs, toMs }) => sum + Math.round((toMs - fromMs) / timeframeMs), 0);
  }
  const tsCloseMs = tsOpenMs.map((openMs) => openMs + timeframeMs);
  const bars = { candles, tsCloseMs, made: new Uint8Array(tsOpenMs.length).fill(1), lostMs: [] };
  return barGaps({ bars, slice: { start: 0, stop: tsOpenMs.length }, calendar, hours, barMs: timeframeMs })
    .missing;
}

function impossibleRows(
  { tsOpenMs, ...values }: CandleColumns,
  row: (index: number, what: string) => InspectedRow,
): Inspection["impossible"] {
  const judge = new CandleJudge();
  const candle = { open: NaN, high: NaN, low: NaN, close: NaN, volume: NaN };
  const fill = (index: number) => {
    candle.open = values.open[index]!;
    candle.high = values.high[index]!;
    candle.low = values.low[index]!;
    candle.close = values.close[index]!;
    candle.volume = values.volume[index]!;
    return candle;
  };
  for (let index = 0; index < tsOpenMs.length; index++) judge.take(tsOpenMs[index]!, fill(index));
  const { bad } = judge;
  const first = bad.slice(0, shownRows).map((index) =>
    row(index, candleFault(fill(index)) ?? "its prices jump more than 50 times and return")
  );
  return { count: bad.length, first };
}

function jumpsOf(
  close: Float32Array,
  row: (index: number, what: string) => InspectedRow,
): Inspection["jumps"] {
  const jumps: { readonly index: number; readonly change: number }[] = [];
  let before = NaN;
  for (const [index, value] of close.entries()) {
    if (Number.isNaN(value)) continue;
    const change = value / before - 1;
    if (Math.abs(change) > jumpShare) jumps.push({ index, change });
    before = value;
  }
  jumps.sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || a.index - b.index);
  const largest = jumps.slice(0, shownRows).map(({ index, change }) =>
    row(index, `${change > 0 ? "+" : ""}${(change * 100).toPrecision(3)} %`)
  );
  return { count: jumps.length, largest };
}
