import { type TableColumn, valueColumns } from "./candle_columns.ts";
import { notesTableStatement } from "./import_notes.ts";
import { minuteTable, type TimeframeTable } from "./timeframe_table.ts";

/** The columns of a table as it is made. */
export const madeColumns: readonly TableColumn[] = [
  { name: "market_id", type: "UInt16" },
  { name: "symbol", type: "LowCardinality(String)" },
  { name: "ts_open", type: "DateTime64(3, 'UTC')" },
  ...Object.values(valueColumns).map((name) => ({ name, type: "Float64" })),
  { name: "ingested_at", type: "DateTime64(3, 'UTC')" },
];

const columns = madeColumns.map(({ name, type }) =>
  `  ${name} ${type}${name === "ingested_at" ? " DEFAULT now64(3)" : ""}`
).join(",\n");

/**
 * Statements that make the database, the table and that of notes on imports unless they are there. Values are f64 as files have them, NaN for a
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
${columns}
)
ENGINE = ReplacingMergeTree(ingested_at)
PARTITION BY toYear(ts_open)
ORDER BY (market_id, symbol, ts_open)`,
    notesTableStatement(name),
  ];
}

/** A name as ClickHouse quotes it. */
function quoted(name: string): string {
  return `\`${name.replaceAll(/[\\`]/g, "\\$&")}\``;
}
