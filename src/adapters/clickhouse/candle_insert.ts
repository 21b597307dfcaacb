import { type CandleValue, candleValues, type StampedCandles } from "../../core/bars/mod.ts";
import { type TableColumn, valueColumns } from "./candle_columns.ts";
import type { TimeframeTable } from "./timeframe_table.ts";

/** The types of the value columns as the server describes them. */
export type ValueTypes = Readonly<Record<CandleValue, string>>;

/** The types of the value columns of a table that has them all. */
export function valueTypes(columns: readonly TableColumn[]): ValueTypes {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const of = (name: CandleValue) => types.get(valueColumns[name])!;
  return {
    open: of("open"),
    high: of("high"),
    low: of("low"),
    close: of("close"),
    volume: of("volume"),
  };
}

const columns = ["market_id", "symbol", "ts_open", ...Object.values(valueColumns), "ingested_at"];
const instant = (name: string) => `fromUnixTimestamp64Milli(${name}, 'UTC')`;

/**
 * The statement that writes rows of the instrument given as the parameters `market_id` and `symbol`. Floats travel as
 * their bits: servers before 26.7 read one decimal in some hundred a bit off, whatever their settings. Decimals and
 * integers travel as text, which such columns read exactly.
 */
export function insertStatement(
  candles: StampedCandles,
  { table, types }: { readonly table: TimeframeTable; readonly types: ValueTypes },
): string {
  const fields = candleValues.map((name) => ({
    type: isFloat(types[name]) ? "UInt64" : types[name],
    expression: isFloat(types[name]) ? floatOf(name, types[name]) : name,
    text: isFloat(types[name]) ? bitsOf(candles[name]) : textOf(candles[name]),
  }));
  const structure = candleValues.map((name, index) => `${name} ${fields[index]!.type}`).join(", ");
  const rows = Array.from(
    candles.tsOpenMs,
    (openMs, row) => `[${openMs},${candles.ingestedMs[row]},${fields.map(({ text }) => text(row)).join()}]`,
  );
  const values = [instant("opened"), ...fields.map(({ expression }) => expression), instant("ingested")];
  return `INSERT INTO ${table.name} (${columns.join(", ")})
SELECT {market_id:UInt64}, {symbol:String}, ${values.join(", ")}
FROM format(JSONCompactEachRow, 'opened Int64, ingested Int64, ${structure}', $$
${rows.join("\n")}
$$)`;
}

function isFloat(type: string): boolean {
  return /Float(32|64)/.test(type);
}

function floatOf(name: string, type: string): string {
  const value = `reinterpretAsFloat64(${name})`;
  return type.startsWith("Nullable") ? `if(isNaN(${value}), NULL, ${value})` : value;
}

function bitsOf(values: Float64Array<ArrayBuffer>): (row: number) => string {
  const bits = new BigUint64Array(values.buffer, values.byteOffset, values.length);
  return (row) => String(bits[row]);
}

function textOf(values: Float64Array): (row: number) => string {
  return (row) => Number.isNaN(values[row]) ? "null" : String(values[row]);
}
