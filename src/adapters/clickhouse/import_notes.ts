import type { Instrument } from "../../core/bars/mod.ts";
import { formatTimestamp } from "../../core/text/mod.ts";
import type { CandleOrigin } from "../../ports/candle_store.ts";

/** Where it is kept from which files the rows of all candle tables of a database came. */
export const notesTable = "candle_imports";

/** The statement that makes it, unless it is there; a note that is there twice is one. */
export const notesTableStatement = (database: string) =>
  `CREATE TABLE IF NOT EXISTS ${database}.${notesTable}
(
  candle_table LowCardinality(String),
  market_id UInt64,
  symbol LowCardinality(String),
  file String,
  rows UInt64,
  first_ts_open DateTime64(3, 'UTC'),
  last_ts_open DateTime64(3, 'UTC'),
  guess String,
  imported_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(imported_at)
ORDER BY (candle_table, market_id, symbol, file, first_ts_open, last_ts_open, rows, guess)`;

/** Adds a note; its values are parameters. */
export const noteStatement =
  `INSERT INTO ${notesTable} (candle_table, market_id, symbol, file, rows, first_ts_open, last_ts_open, guess)
SELECT {table:String}, {market_id:UInt64}, {symbol:String}, {file:String}, {rows:UInt64},
  fromUnixTimestamp64Milli({first:Int64}, 'UTC'), fromUnixTimestamp64Milli({last:Int64}, 'UTC'), {guess:String}`;

/** The parameters of {@link noteStatement}. */
export function noteParameters(
  { table, instrument, origin }: {
    readonly table: string;
    readonly instrument: Instrument;
    readonly origin: CandleOrigin;
  },
): Record<string, unknown> {
  const { file, rows, first, last, guess } = origin;
  return {
    table,
    ...instrument,
    file,
    rows,
    first: Date.parse(first),
    last: Date.parse(last),
    guess: guess ?? "",
  };
}

/** Asks for all notes of a table, each once, by time. */
export const notesQuery = `SELECT toString(market_id) AS market, toString(symbol) AS symbol, file,
  toString(rows) AS count, toString(toUnixTimestamp64Milli(first_ts_open)) AS first,
  toString(toUnixTimestamp64Milli(last_ts_open)) AS last, guess
FROM ${notesTable} WHERE candle_table = {table:String}
GROUP BY market_id, symbol, file, rows, first_ts_open, last_ts_open, guess
ORDER BY market_id, symbol, first_ts_open, last_ts_open, file, rows, guess`;

/** A row of {@link notesQuery}. */
export type NoteRow = Readonly<
  Record<"market" | "symbol" | "file" | "count" | "first" | "last" | "guess", string>
>;

/** What a row says. */
export function originOf({ file, count, first, last, guess }: NoteRow): CandleOrigin {
  return {
    file,
    rows: Number(count),
    first: formatTimestamp(Number(first)),
    last: formatTimestamp(Number(last)),
    guess: guess === "" ? null : guess,
  };
}
