import {
  type CandleColumns,
  type CandleReading,
  type FurtherColumns,
  looksLikeCloses,
  mapFurther,
  openOfClose,
  storedSpacingMs,
  wholeSeries,
  type WithFurther,
} from "../../../core/bars/mod.ts";
import { type CandleSet, foundIn, wantedFurther } from "../candle_set.ts";
import type { WholeCandles } from "../../../ports/candle_file.ts";
import { refusal } from "./candle_refusal.ts";
import { createCandleRows } from "./candle_rows.ts";
import { fileWarnings } from "./file_findings.ts";
import type { OpenedCandles } from "./opened_candles.ts";
import { ascends, timeOrder } from "./time_order.ts";

/** How a candle file is read. */
export interface CandleFileOptions {
  /** Name of the file in error texts. */
  readonly label: string;
  /** Spacing of the candles; told from the rows unless given. */
  readonly timeframeMs?: number | undefined;
  readonly reading?: CandleReading | undefined;
  /** Names of further columns that are wanted. */
  readonly columns?: readonly string[] | undefined;
}

/**
 * All rows of a set in order of time, with their timeframe. Rejects with what its parts reject with, and with a
 * `validation_error` when the timeframe is not given and cannot be told.
 */
export async function loadedCandles(
  set: CandleSet,
  { label, timeframeMs, reading = {}, columns = [] }: CandleFileOptions,
): Promise<WholeCandles> {
  const wish = wantedFurther(set, columns);
  const rows = createCandleRows(wish.names, set.rowsAbout);
  const starts: number[] = [];
  for (const part of set.parts) {
    starts.push(rows.count);
    for await (const _ of part.steps(rows, wish));
  }
  const { candles, further, place } = inOrder({
    ...rows.columns(),
    label,
    parts: set.parts,
    starts,
    reading,
  });
  const count = candles.tsOpenMs.length;
  if (count < 2 && timeframeMs === undefined) {
    throw refusal(
      { label },
      `the spacing of its candles cannot be told from fewer than two rows, got ${count}; ` +
        "--candle-timeframe says what it is",
    );
  }
  const spacingMs = timeframeMs ?? storedSpacingMs(candles.tsOpenMs);
  const areCloses = reading.stamp === "close";
  if (areCloses) {
    candles.tsOpenMs.forEach((closeMs, row) => candles.tsOpenMs[row] = openOfClose(closeMs, spacingMs));
  }
  const warnings = fileWarnings({
    ...foundIn(set),
    leftOut: [],
    looksLikeCloses: reading.stamp === undefined && looksLikeCloses(candles.tsOpenMs, spacingMs),
  });
  return {
    series: wholeSeries({ candles, ...(further ? { further } : {}), timeframeMs: spacingMs, warnings }),
    guess: set.guess,
    flags: [
      ...set.flags,
      ...(foundIn(set).sawNaive ? ["--time-zone", "UTC"] : []),
    ],
    further: [...new Set(set.parts.flatMap((part) => part.further.names))],
    repeated: rows.count - count,
    place,
  };
}

interface Ordered extends WithFurther {
  readonly candles: CandleColumns;
  place(row: number): string;
}

function inOrder({ candles, further, label, parts, starts, reading }: {
  readonly candles: CandleColumns;
  readonly further?: FurtherColumns;
  readonly label: string;
  readonly parts: readonly OpenedCandles[];
  readonly starts: readonly number[];
  readonly reading: CandleReading;
}): Ordered {
  const count = candles.tsOpenMs.length;
  const place = placeIn(parts, starts);
  const given = { candles, ...(further ? { further } : {}) };
  const all: readonly (Float32Array | Float64Array)[] = [
    ...Object.values(candles),
    ...further?.values() ?? [],
  ];
  const [only] = parts;
  if (parts.length === 1 && only!.found().descends && (reading.duplicates ?? "refuse") === "refuse") {
    for (const column of all) column.reverse();
    return { ...given, place: (row) => place(count - 1 - row) };
  }
  if (ascends(candles.tsOpenMs)) return { ...given, place };
  const order = timeOrder({
    label,
    times: candles.tsOpenMs,
    starts,
    duplicates: reading.duplicates ?? "refuse",
    same: (row, other) => all.every((column) => Object.is(column[row], column[other])),
    place,
  });
  const of = (column: Float32Array) => Float32Array.from(order, (row) => column[row]!);
  const { tsOpenMs, open, high, low, close, volume } = candles;
  return {
    candles: {
      tsOpenMs: Float64Array.from(order, (row) => tsOpenMs[row]!),
      open: of(open),
      high: of(high),
      low: of(low),
      close: of(close),
      volume: of(volume),
    },
    ...mapFurther(given, of),
    place: (row) => place(order[row]!),
  };
}

/** Names where a row was, as rows lie part after part. */
export function placeIn(parts: readonly OpenedCandles[], starts: readonly number[]): (row: number) => string {
  if (parts.length === 1) return (row) => parts[0]!.place(row);
  return (row) => {
    const part = starts.findLastIndex((start) => start <= row);
    return ` in "${parts[part]!.label}"${parts[part]!.place(row - starts[part]!)}`;
  };
}
