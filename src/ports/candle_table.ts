import type { CandleOrigin } from "./candle_store.ts";
import type { CandleValue, Instrument, StampedCandles, TimeRange, ValueLimits } from "../core/bars/mod.ts";

/** What a table's columns can hold. */
export interface CandleTableRules {
  /** Length of its candles. */
  readonly timeframeMs: number;
  readonly marketIdMax: number;
  /** Times it can hold. */
  readonly times: TimeRange;
  /** How exactly it keeps each value: as f64, as f32, or in steps such as 0.01. */
  readonly precision: Readonly<Record<CandleValue, "f64" | "f32" | number>>;
  readonly limits: Readonly<Record<CandleValue, ValueLimits>>;
  /** How it keeps a missing value, if it does. */
  readonly missing: Readonly<Record<CandleValue, "null" | "nan" | "refused">>;
}

/** What a table holds of one instrument. */
export interface TableInstrument {
  readonly instrument: Instrument;
  /** Of these only that with the newest `ingested_at` counts, where several have one time. */
  readonly rows: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Files that rows came from, by time; empty where that is not known. */
  readonly origins: readonly CandleOrigin[];
}

/** How a call may be ended early. */
export interface CandleTableOptions {
  readonly signal?: AbortSignal;
}

/**
 * A table of candles of one timeframe that can be written. All methods reject with `market_data_unavailable` when the server does
 * not answer or refuses for a reason that may pass.
 */
export interface CandleTable {
  /** Makes the table, and what it lies in, unless it is there. */
  create(options?: CandleTableOptions): Promise<void>;
  /**
   * What the table can hold. Rejects with one `validation_error` that names the setting or the column when the table is
   * not there, may not be read, or has no such column or one of a wrong type.
   */
  check(options?: CandleTableOptions): Promise<CandleTableRules>;
  /** What a table that {@link create} makes can hold; nobody is asked. */
  madeRules(): CandleTableRules;
  /** Every instrument with its rows and the opens of the first and the last one, by market and symbol. */
  list(options?: CandleTableOptions): Promise<readonly TableInstrument[]>;
  /** The rows that count in a range of at most {@link candleTableMinutesMax} minutes, or shorter candles; none is no error. */
  load(
    query: { readonly instrument: Instrument; readonly range: TimeRange },
    options?: CandleTableOptions,
  ): Promise<StampedCandles>;
  /** Keeps where rows came from, once however often it is said; false where there is no place for that, or no right to it. */
  note(
    note: { readonly instrument: Instrument; readonly origin: CandleOrigin },
    options?: CandleTableOptions,
  ): Promise<boolean>;
  /** Adds rows in one statement, at most {@link candleTableRowsMax}; rows with the same times stay beneath newer ones. */
  insert(
    rows: { readonly instrument: Instrument; readonly candles: StampedCandles },
    options?: CandleTableOptions,
  ): Promise<void>;
}

/** Most rows that are written at once: two weeks of minutes, some 2 MB on the way. */
export const candleTableRowsMax = 20_000;

/** Most minutes that are read at once: not quite a year, some 30 MB where none of them is missing. */
export const candleTableMinutesMax = 500_000;
