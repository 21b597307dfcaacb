import { type BadRows, type Instrument, spacingText } from "../core/bars/mod.ts";
import type { CandleFile } from "../ports/candle_file.ts";
import type { CandleStore } from "../ports/candle_store.ts";
import {
  anyCandle,
  checkCandles,
  type ImportProgress,
  importRefusal,
  originOf,
  withoutRows,
} from "./check_candles.ts";

/** What is stored, and where. */
export interface StoreOptions {
  readonly file: CandleFile;
  /** Name of the file in error texts, and as the store keeps it. */
  readonly label: string;
  readonly store: CandleStore;
  readonly instrument: Instrument;
  /** What the caller says the file's spacing is; told from its rows unless given. */
  readonly timeframeMs?: number | undefined;
  readonly badRows: BadRows;
  /** Reads and compares only. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: ImportProgress) => void;
}

/** What was stored, or would be. */
export interface StoreResult {
  readonly timeframe: string;
  /** Rows of the file, without those that were left out. */
  readonly rows: number;
  readonly first_ts_open: string;
  readonly last_ts_open: string;
  readonly inserted: number;
  readonly replaced: number;
  readonly unchanged: number;
  /** Rows that no candle can be like, and that were left out. */
  readonly skipped: number;
  /** Names of the further columns that were stored with them. */
  readonly further_columns: readonly string[];
  readonly warnings: readonly string[];
  /** What was told from the file rather than known; null where nothing was. */
  readonly guess: string | null;
  readonly dry_run: boolean;
}

/** A store keeps further columns, too. */
const stored = { ...anyCandle, further: "all" } as const;

/**
 * Brings the rows of a file into a store of candles. The whole file is read and checked first, so a bad file leaves the
 * store as it was; then its rows are merged with those that are there, a row of the file in place of one of its time.
 */
export async function storeCandles(options: StoreOptions): Promise<StoreResult> {
  const { file, label, store, instrument, dryRun = false, signal } = options;
  const found = await checkCandles(options, stored);
  const timeframeMs = options.timeframeMs ?? found.spacingMs;
  if (timeframeMs === null) {
    throw importRefusal(label, "the spacing of one row cannot be told; --candle-timeframe says what it is");
  }
  // of closes, now that the length of candles is known
  const rules = { ...stored, lengthMs: timeframeMs };
  const ended = signal ? { signal } : {};
  const origin = originOf({ label, found, guess: file.guess });
  const rows = withoutRows(file.rows(rules, ended), found.bad);
  const { further } = file;
  const counts = await store.merge({ instrument, timeframeMs, rows, further, origin }, { dryRun, ...ended });
  return {
    timeframe: spacingText(timeframeMs),
    rows: found.rows,
    first_ts_open: origin.first,
    last_ts_open: origin.last,
    ...counts,
    skipped: found.bad.length,
    further_columns: further,
    warnings: found.warnings,
    guess: file.guess,
    dry_run: dryRun,
  };
}
