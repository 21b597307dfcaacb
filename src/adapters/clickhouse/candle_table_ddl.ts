import { minuteTable, type TimeframeTable } from "./timeframe_table.ts";

/**
 * Statements that make the database and the table unless they are there. Values are f64 as files have them, NaN for a
 * missing one; of rows with one key the newest `ingested_at` stays when the server merges them.
 */
export function candleTableStatements(
  database: string,
  table: TimeframeTable = minuteTable,
): readonly string[] {
  const name = quoted(database);
  return [
    `CREATE DATABASE IF NOT EXISTS ${name}`,
    `CREATE TABLE IF NOT EXISTS ${name}.${table.name}
(
  market_id UInt16,
  symbol LowCardinality(String),
  ts_open DateTime64(3, 'UTC'),
  open Float64,
  high Float64,
  low Float64,
  close Float64,
  volume_base Float64,
  ingested_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(ingested_at)
PARTITION BY toYear(ts_open)
ORDER BY (market_id, symbol, ts_open)`,
  ];
}

/** A name as ClickHouse quotes it. */
function quoted(name: string): string {
  return `\`${name.replaceAll(/[\\`]/g, "\\$&")}\``;
}
