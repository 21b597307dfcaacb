import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";
import { type BacktestError, validationError } from "../../core/errors.ts";
import { shown } from "../../core/shown.ts";
import { parseTimestamp } from "../../core/time_text.ts";
import type { LoadedCandles } from "../../ports/candle_source.ts";

/** How a candle file is read. */
export interface CandleCsvOptions {
  /** Name of the file in error texts. */
  readonly label: string;
  /** Spacing of the candles; the smallest spacing found unless given. */
  readonly timeframeMs?: number | undefined;
}

/**
 * Reads candles from CSV: `ts_open` as ISO 8601 with offset or epoch ms, strictly ascending; an empty field is NaN.
 * Throws a `validation_error` whose message is one line naming the file, the line and the value.
 */
export function parseCandleCsv(text: string, { label, timeframeMs }: CandleCsvOptions): LoadedCandles {
  const times: number[] = [];
  const values: readonly number[][] = valueNames.map(() => []);
  let headerSeen = false;
  eachRecord(text, {
    label,
    take: (fields, line) => {
      const place = { label, line };
      if (!headerSeen) checkHeader(fields, place);
      else appendRow({ times, values }, { fields, place });
      headerSeen = true;
    },
  });
  if (!headerSeen) checkHeader([], { label, line: 1 });
  if (times.length < 2 && timeframeMs === undefined) {
    throw refusal({ label }, `the timeframe cannot be told from fewer than two rows, got ${times.length}`);
  }
  const [open, high, low, close, volume] = values.map((column) => Float32Array.from(column));
  return {
    candles: {
      tsOpenMs: Float64Array.from(times),
      open: open!,
      high: high!,
      low: low!,
      close: close!,
      volume: volume!,
    },
    timeframeMs: timeframeMs ?? smallestSpacingMs(times),
  };
}

/** Columns after `ts_open`. */
const valueNames = ["open", "high", "low", "close", "volume"] as const;

const header = ["ts_open", ...valueNames].join(",");

interface Place {
  readonly label: string;
  readonly line?: number;
}

interface Row {
  readonly fields: readonly string[];
  readonly place: Place;
}

/** Hands out one record at a time: half a million rows are never held as texts. */
function eachRecord(
  text: string,
  { label, take }: {
    readonly label: string;
    readonly take: (fields: readonly string[], line: number) => void;
  },
): void {
  try {
    parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      on_record: (fields: string[], { lines }) => {
        take(fields, lines);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw refusal({ label, line: Number(error.lines) }, error.message.replace(/^[^:]*: /, ""));
  }
}

function checkHeader(fields: readonly string[], place: Place): void {
  const found = fields.join(",");
  if (found !== header) throw refusal(place, `header must be ${header}, got ${shown(found)}`);
}

function appendRow(
  { times, values }: { readonly times: number[]; readonly values: readonly number[][] },
  { fields, place }: Row,
): void {
  if (fields.length !== valueNames.length + 1) {
    throw refusal(place, `a row must have ${valueNames.length + 1} fields, got ${fields.length}`);
  }
  times.push(readTime({ fields, place }, times.at(-1) ?? -Infinity));
  values.forEach((column, index) => column.push(readValue({ fields, place }, index)));
}

function readTime({ fields, place }: Row, previousMs: number): number {
  const text = fields[0]!;
  const epochMs = /^\d+$/.test(text) ? Number(text) : parseTimestamp(text);
  if (epochMs === null || !Number.isSafeInteger(epochMs)) {
    throw refusal(place, `ts_open must be a time with offset or epoch milliseconds, got ${shown(text)}`);
  }
  if (epochMs <= previousMs) {
    throw refusal(place, `ts_open must be later than the row before, got ${shown(text)}`);
  }
  return epochMs;
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function readValue({ fields, place }: Row, index: number): number {
  const text = fields[index + 1]!;
  if (text === "") return NaN;
  const value = decimal.test(text) ? Number(text) : NaN;
  // prices are f32 from here on, and 1e39 is none
  if (Number.isFinite(Math.fround(value))) return value;
  throw refusal(place, `${valueNames[index]} must be a number, got ${shown(text)}`);
}

function smallestSpacingMs(times: readonly number[]): number {
  let smallest = Infinity;
  for (let i = 1; i < times.length; i++) smallest = Math.min(smallest, times[i]! - times[i - 1]!);
  return smallest;
}

function refusal({ label, line }: Place, reason: string): BacktestError {
  const where = line === undefined ? "" : ` line ${line}`;
  const message = `Cannot read candles "${label}"${where}: ${reason}`;
  return validationError(message, [{ path: "candles", code: "value_error", message }]);
}
