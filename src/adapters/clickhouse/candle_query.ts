import { valueColumns } from "./candle_columns.ts";
import { identifier } from "./further_query.ts";
import type { TimeframeTable } from "./timeframe_table.ts";

const values = Object.values(valueColumns);

/** By way of f64, as a file's decimals are read; NULL is NaN. */
const float64 = (column: string) => `ifNull(toFloat64(${column}), nan)`;
const epochMs = (column: string) => `toFloat64(toUnixTimestamp64Milli(toDateTime64(${column}, 3, 'UTC')))`;

const ofInstrument = (table: TimeframeTable) => `
FROM ${table.name}
WHERE market_id = {market_id:Int64} AND symbol = {symbol:String}`;

// values break ties, so that equal rows come in one order
const fromTable = (table: TimeframeTable, further: readonly string[] = []) =>
  `${ofInstrument(table)}
  AND ts_open >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
  AND ts_open < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
ORDER BY ts_open, ingested_at, ${[...values, ...further.map(identifier)].join(", ")}`;

/**
 * Candles as a sweep needs them, of rows with one time the one that counts last, and further columns of these names behind
 * them; see `candleRowTypes`.
 */
export function candleQuery(table: TimeframeTable, further: readonly string[] = []): string {
  const columns = [...values, ...further.map(identifier)].map((column) => `toFloat32(${float64(column)})`);
  return `SELECT ${[epochMs("ts_open"), ...columns].join(", ")}${fromTable(table, further)}`;
}

/** The same rows with all digits and the time they were written; see `stampedRowTypes`. */
export function stampedQuery(table: TimeframeTable): string {
  return `SELECT ${[epochMs("ts_open"), epochMs("ingested_at"), ...values.map(float64)].join(", ")}${
    fromTable(table)
  }`;
}

/** How many rows the table holds for the instrument, and the first and last `ts_open` of them: three f64. */
export function coverQuery(table: TimeframeTable): string {
  const ends = `${epochMs("min(ts_open)")}, ${epochMs("max(ts_open)")}`;
  return `SELECT toFloat64(count()), ${ends}${ofInstrument(table)}`;
}

/** 1 when any row of the instrument has a volume, else 0. */
export function volumeQuery(table: TimeframeTable): string {
  const isThere = `isFinite(${float64(valueColumns.volume)})`;
  return `SELECT toFloat64(count()) FROM (SELECT 1${ofInstrument(table)} AND ${isThere} LIMIT 1)`;
}
