import type { CandleValue, ValueLimits } from "../../core/bars/mod.ts";
import { type ErrorItem, validationError } from "../../core/errors/mod.ts";
import { shown } from "../../core/text/mod.ts";
import type { CandleTableRules } from "../../ports/candle_table.ts";
import { dateTime64Range, dateTimeRange } from "./candle_times.ts";

/** A column of a table as the server describes it. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
}

/** Columns that hold the values of a candle. */
export const valueColumns: Readonly<Record<CandleValue, string>> = {
  open: "open",
  high: "high",
  low: "low",
  close: "close",
  volume: "volume_base",
};

const integerType = /^(U?)Int(8|16|32|64)$/;
const textType = /^(LowCardinality\()?(String|FixedString\(\d+\))\)?$/;
const timeType = /^DateTime(64\(\d(?:, *'[^']*')?\)|\('[^']*'\))?$/;
const numberType = /^(Nullable\()?(Float32|Float64|U?Int(?:8|16|32|64)|Decimal\((\d+), *(\d+)\))\)?$/;

const expected: readonly (readonly [string, RegExp, string])[] = [
  ["market_id", integerType, "an integer type"],
  ["symbol", textType, "String"],
  ["ts_open", timeType, "DateTime64 or DateTime"],
  ...Object.values(valueColumns).map((name) =>
    [name, numberType, "Float64, Float32, Decimal or an integer type, Nullable or not"] as const
  ),
  ["ingested_at", timeType, "DateTime64 or DateTime"],
];

/** Columns that candles are made of. */
export const ownColumns: ReadonlySet<string> = new Set(expected.map(([name]) => name));

/** Whether a column of this type holds numbers. */
export function isNumberType(type: string): boolean {
  return numberType.test(type);
}

/**
 * What a table with these columns can hold; columns that are not read may be of any type. Throws a `validation_error`
 * of one line that names the first column that is missing or of a wrong type; all of them are in its details.
 */
export function candleTableRules(
  columns: readonly TableColumn[],
  { table, timeframeMs }: { readonly table: string; readonly timeframeMs: number },
): CandleTableRules {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const items = expected.flatMap(([name, type, wanted]) => {
    const message = faultOf(types.get(name), { name, type, wanted });
    return message === null ? [] : [{ path: name, code: "column", message }];
  });
  if (items.length > 0) throw refusal(table, items);
  const each = <Fact>(of: (type: string) => Fact): Readonly<Record<CandleValue, Fact>> => {
    const fact = (name: CandleValue) => of(types.get(valueColumns[name])!);
    return {
      open: fact("open"),
      high: fact("high"),
      low: fact("low"),
      close: fact("close"),
      volume: fact("volume"),
    };
  };
  return {
    timeframeMs,
    marketIdMax: integerMax(types.get("market_id")!),
    times: types.get("ts_open")!.startsWith("DateTime64") ? dateTime64Range : dateTimeRange,
    precision: each(precision),
    limits: each(limits),
    missing: each((type) =>
      type.startsWith("Nullable") ? "null" : type.startsWith("Float") ? "nan" : "refused"
    ),
  };
}

function faultOf(
  found: string | undefined,
  { name, type, wanted }: { readonly name: string; readonly type: RegExp; readonly wanted: string },
): string | null {
  if (found === undefined) return `column ${name} is missing`;
  return type.test(found) ? null : `column ${name} must be ${wanted}, is ${shown(found)}`;
}

function refusal(table: string, items: readonly ErrorItem[]): Error {
  const more = items.length > 1 ? ` (and ${items.length - 1} more)` : "";
  return validationError(`Cannot use candle table ${table}: ${items[0]!.message}${more}`, items);
}

function integerMax(type: string): number {
  const [, unsigned, bits] = integerType.exec(type)!;
  return Math.min(2 ** (Number(bits) - (unsigned ? 0 : 1)) - 1, Number.MAX_SAFE_INTEGER);
}

function limits(type: string): ValueLimits {
  const [, , plain, digits, scale] = numberType.exec(type)!;
  if (plain!.startsWith("Float")) return { smallest: -Infinity, largest: Infinity, whole: false };
  if (digits !== undefined) {
    const largest = (10 ** Number(digits) - 1) / 10 ** Number(scale);
    return { smallest: -largest, largest, whole: false };
  }
  const largest = integerMax(plain!);
  return { smallest: plain!.startsWith("U") ? 0 : -largest, largest, whole: true };
}

function precision(type: string): "f64" | "f32" | number {
  const [, , plain, , scale] = numberType.exec(type)!;
  if (plain === "Float64") return "f64";
  if (plain === "Float32") return "f32";
  return scale === undefined ? 1 : Number(`1e-${scale}`);
}
