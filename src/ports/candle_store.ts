import type { ExactCandles, Instrument } from "../core/bars/mod.ts";

/** Where rows came from, as a store keeps it. */
export interface CandleOrigin {
  /** Name of the file. */
  readonly file: string;
  readonly rows: number;
  /** Opens of the first and the last row, ISO 8601 UTC. */
  readonly first: string;
  readonly last: string;
  /** What was told from the file rather than known; null where nothing was. */
  readonly guess: string | null;
}

/** What becomes of rows that are brought into a store. */
export interface StoredRows {
  /** Rows the store did not have. */
  readonly inserted: number;
  /** Rows it had with other values. */
  readonly replaced: number;
  readonly unchanged: number;
}

/** What a store holds of one instrument in one timeframe. */
export interface StoredInstrument {
  readonly instrument: Instrument;
  /** Such as `1m`. */
  readonly timeframe: string;
  readonly rows: number;
  /** Opens of the first and the last row, ISO 8601 UTC. */
  readonly first: string;
  readonly last: string;
  /** Names of its further columns. */
  readonly further_columns: readonly string[];
  /** Files that rows came from; empty where that is not known. */
  readonly origins: readonly CandleOrigin[];
}

/** A file that was put into a store's folder by hand. */
export interface HandFile {
  /** Its path below the folder. */
  readonly file: string;
  /** Which instrument its name is that of; null for a name that is none's, such as one in small letters. */
  readonly instrument: Instrument | null;
  /** Whether jobs read it: what was imported counts before it, and another file may. */
  readonly is_read: boolean;
}

/** Rows for a store. */
export interface CandlesToStore {
  readonly instrument: Instrument;
  readonly timeframeMs: number;
  /** In order of time. */
  readonly rows: AsyncIterable<ExactCandles>;
  /** Names of the further columns of the rows. */
  readonly further: readonly string[];
  readonly origin: CandleOrigin;
}

/**
 * Candles by instrument and timeframe. What it holds after some imports is the same, to the byte, in whatever pieces and
 * order they came, and however often, as long as they agree on the values of each row. Rows that come without a further
 * column leave what is there of it.
 */
export interface CandleStore {
  /** What it is called for people. */
  readonly name: string;
  /** Brings rows in, all or none of them; `dryRun` only compares. */
  merge(
    candles: CandlesToStore,
    options?: { readonly dryRun?: boolean; readonly signal?: AbortSignal },
  ): Promise<StoredRows>;
  /** All it holds, by market, symbol and timeframe. */
  list(): Promise<readonly StoredInstrument[]>;
  /** Files that were put there by hand, and so are not in the list, by market and name. */
  byHand(): Promise<readonly HandFile[]>;
  /** Removes an instrument in one timeframe, or in all; the timeframes that were there, such as `1m`, ascending. */
  remove(
    instrument: Instrument,
    options?: { readonly timeframeMs?: number | undefined },
  ): Promise<readonly string[]>;
}
