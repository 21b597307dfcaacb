import { type CandleColumns, furtherColumnsMax, type WithFurther } from "../core/bars/mod.ts";
import { shown } from "../core/text/mod.ts";
import { type BacktestError, validationError } from "../core/errors/mod.ts";
import { kindOf } from "./kind_of.ts";

/** Numbers of one column, as hosts have them. */
export type NumberColumn =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | readonly number[];

/** Numbers of one column, null or NaN where one is missing. */
export type ValueColumn = NumberColumn | readonly (number | null)[];

/** Candle rows as a host gives them: columns of one length, rows ascending by open time. */
export interface EmbeddedCandles {
  /** Epoch ms UTC, each after the one before. */
  readonly tsOpenMs: NumberColumn;
  readonly open: ValueColumn;
  readonly high: ValueColumn;
  readonly low: ValueColumn;
  readonly close: ValueColumn;
  readonly volume: ValueColumn;
  /** Further columns by name, which rules read as `col("name")`. */
  readonly further?: Readonly<Record<string, ValueColumn>>;
}

/** The columns, in the order in which they are looked at. */
export const candleColumnNames = ["tsOpenMs", "open", "high", "low", "close", "volume"] as const;

/** Times beyond it are no dates. */
const timeMaxMs = 8.64e15;

/** Whether a value is an array, or a typed array of numbers. */
export function isColumn(value: unknown): value is ValueColumn {
  return Array.isArray(value) ||
    (ArrayBuffer.isView(value) && !(value instanceof DataView) &&
      !(value instanceof BigInt64Array) && !(value instanceof BigUint64Array));
}

/**
 * The rows as the engine keeps them, in columns of its own. Throws a `validation_error` naming the first row that cannot
 * be used: columns of unlike lengths, a time that is no finite number or not after the one before, a value that is
 * neither a finite f32 number nor missing.
 */
export function readCandles(candles: EmbeddedCandles): { readonly candles: CandleColumns } & WithFurther {
  const rows = candles.tsOpenMs.length;
  const further = Object.entries(candles.further ?? {});
  if (further.length > furtherColumnsMax) {
    throw refused("further", `has ${further.length} columns, at most ${furtherColumnsMax} are allowed`);
  }
  const own = candleColumnNames.map((name) => [name, candles[name]] as const);
  for (
    const [name, { length }] of [
      ...own,
      ...further.map(([name, column]) => [placeOf(name), column] as const),
    ]
  ) {
    if (length !== rows) throw refused(name, `has ${length} rows, candles.tsOpenMs has ${rows}`);
  }
  const values = (name: Exclude<keyof EmbeddedCandles, "tsOpenMs" | "further">) =>
    readValues(candles[name], name);
  return {
    candles: {
      tsOpenMs: readTimes(candles.tsOpenMs),
      open: values("open"),
      high: values("high"),
      low: values("low"),
      close: values("close"),
      volume: values("volume"),
    },
    ...(further.length === 0
      ? {}
      : { further: new Map(further.map(([name, column]) => [name, readValues(column, placeOf(name))])) }),
  };
}

function placeOf(name: string): string {
  return `further[${shown(name)}]`;
}

function readTimes(column: NumberColumn): Float64Array<ArrayBuffer> {
  const times = new Float64Array(column.length);
  for (let row = 0; row < times.length; row++) {
    const time: unknown = column[row];
    const place = `tsOpenMs[${row}]`;
    if (typeof time !== "number" || !(Math.abs(time) <= timeMaxMs)) {
      throw refused(place, `must be a time in epoch ms, got ${kindOf(time)}`);
    }
    if (row > 0 && time <= times[row - 1]!) {
      throw refused(place, `must be after the row before, got ${time} after ${times[row - 1]}`);
    }
    times[row] = time;
  }
  return times;
}

function readValues(column: ValueColumn, name: string): Float32Array<ArrayBuffer> {
  const values = new Float32Array(column.length);
  for (let row = 0; row < values.length; row++) {
    const value: unknown = column[row];
    const number = value === null ? NaN : value;
    if (typeof number === "number") values[row] = number;
    if (typeof number !== "number" || Math.abs(values[row]!) === Infinity) {
      const expected = "must be a finite number (f32), or NaN or null where it is missing";
      throw refused(`${name}[${row}]`, `${expected}, got ${kindOf(value)}`);
    }
  }
  return values;
}

function refused(place: string, problem: string): BacktestError {
  const path = `candles.${place}`;
  const message = `${path} ${problem}`;
  return validationError(`Cannot sweep: ${message}`, [{ path, code: "value_error", message }]);
}
