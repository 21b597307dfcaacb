import { candleValues, isStamp, stampMs } from "../../../core/bars/mod.ts";
import { formatTimestamp, shown } from "../../../core/text/mod.ts";
import { ColumnFault, type ColumnPlan, columnPlan, planFlags, planText } from "../columns/column_plan.ts";
import { refusal } from "../rows/candle_refusal.ts";
import { InstrumentPick } from "../rows/instrument_pick.ts";
import type { OpenedCandles, OpenOptions } from "../rows/opened_candles.ts";
import { RowFault } from "../rows/row_fault.ts";
import { numberFormOf, numberIn, valueOf } from "../text/numbers.ts";
import { rowFields } from "../text/plain_row.ts";
import { adjust } from "../text/text_rows.ts";
import { clockDigitsOf, DateOrders } from "../times/time_form.ts";
import { TimeColumn } from "../times/time_column.ts";
import type { CellTable } from "./cell_table.ts";

/** What a table is called, and which of its columns the project writes itself. */
export interface TableOptions extends OpenOptions {
  readonly label: string;
  /** Names that need no word. */
  readonly own?: readonly string[];
}

const ownNames = ["ts_open", ...candleValues];
const maxInt64 = (1n << 63n) - 1n;

/** Opens rows of typed columns. Rejects with a `validation_error` when it cannot be told which column is what. */
export async function openTable(table: CellTable, options: TableOptions): Promise<OpenedCandles> {
  const { label, reading, signal } = options;
  const first = await table.first();
  if (first.length === 0) throw refusal({ label }, "it has no rows");
  const last = await table.last();
  const texts = (row: readonly unknown[]) =>
    row.map((cell, column) => cellText(cell, table.timeKinds[column]!));
  const sample = first.map(texts);
  const numbers = reading.decimal === undefined
    ? numberFormOf(
      sample.flatMap((row, at) =>
        row.filter((_, column) => typeof first[at]![column] === "string" && isValue(row[column]!))
      ),
    ) ??
      { decimal: "." as const, grouped: false }
    : { decimal: reading.decimal, grouped: true };
  let plan: ColumnPlan;
  try {
    const numberOf = (text: string) => numberIn(text, numbers) ?? NaN;
    plan = columnPlan({ header: table.names, rows: sample, numberOf }, reading);
  } catch (fault) {
    if (fault instanceof ColumnFault) throw refusal({ label }, fault.message);
    throw fault;
  }
  const timeKind = table.timeKinds[plan.time]!;
  const lastTexts = last === null ? null : texts(last);
  const timeText = (row: readonly string[]) =>
    plan.clock === null ? row[plan.time]! : `${row[plan.time]!} ${row[plan.clock]!}`;
  const orders = new DateOrders();
  for (const row of lastTexts === null ? sample : [...sample, lastTexts]) orders.take(row[plan.time]!);
  const order = reading.dateOrder ?? orders.order;
  if (order === null) throw openOrder(label, sample[0]![plan.time]!);
  const clockDigits = plan.clock === null ? 4 : clockDigitsOf(sample.map((row) => row[plan.clock!]!));
  const times = new TimeColumn({
    reading,
    last: timeKind === "text" && lastTexts !== null ? timeText(lastTexts) : null,
    form: { order, clockDigits },
    lastIsRead: plan.instrument === null,
  });
  const roughly = (row: readonly unknown[] | null) => {
    if (row === null) return NaN;
    const cell = row[plan.time];
    return timeKind === "text" ? times.roughly(timeText(texts(row))) : typeof cell === "number" ? cell : NaN;
  };
  const reader = new TableReader({ table, plan, times, timeKind, numbers, options });
  const isOwn = table.names !== null && ownNames.every((name) => table.names!.includes(name));
  return {
    label,
    guesses: [
      ...(isOwn && !plan.fromValues ? [] : [planText(plan, table.names)]),
      ...(orders.matters ? [`dates as ${order}`] : []),
      ...(plan.priceScale === 1 ? [] : [`prices in units of ${1 / plan.priceScale}`]),
    ],
    flags: [
      ...(isOwn && !plan.fromValues ? [] : planFlags(plan, table.names)),
      ...(times.unit === null || isOwn ? [] : ["--time-unit", times.unit]),
      ...(orders.matters ? ["--date-order", order] : []),
    ],
    firstMs: roughly(first[0]!),
    lastMs: roughly(last),
    steps: (sink) => reader.steps(sink, signal),
    found: () => ({
      descends: times.descends,
      sawNaive: times.sawNaive,
      sawExtraFields: false,
      footer: null,
    }),
    place: (row) => table.place(reader.tableRow(row)),
  };
}

function openOrder(label: string, date: string): Error {
  return refusal(
    { label },
    `the date ${shown(date)} may begin with the day or with the month; --date-order dmy or mdy says it`,
  );
}

/** Turns cells into rows. */
class TableReader {
  readonly #given: ReaderOptions;
  readonly #columns: readonly number[];
  readonly #row = new Float64Array(rowFields);
  readonly #missing: ReadonlySet<string>;
  readonly #pick: InstrumentPick;
  /** Rows of the table that were taken; null as long as all were. */
  #taken: number[] | null = null;

  constructor(given: ReaderOptions) {
    const { plan, options: { reading } } = given;
    this.#given = given;
    const { time, clock, prices, volume, adjusted, instrument } = plan;
    this.#columns = [...new Set([time, clock, ...prices, volume, adjusted, instrument])]
      .filter((column) => column !== null);
    this.#missing = new Set(reading.missing ?? []);
    this.#pick = new InstrumentPick(reading.pick);
    if (instrument !== null) this.#taken = [];
  }

  tableRow(row: number): number {
    return this.#taken === null ? row : this.#taken[row] ?? row;
  }

  async *steps(
    sink: Parameters<OpenedCandles["steps"]>[0],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<void> {
    const { table, plan, options: { label } } = this.#given;
    const at = (column: number | null) => column === null ? -1 : this.#columns.indexOf(column);
    const places: Places = {
      time: at(plan.time),
      clock: at(plan.clock),
      values: [...plan.prices.map(at), at(plan.volume)],
      adjusted: at(plan.adjusted),
      instrument: at(plan.instrument),
    };
    let start = 0;
    for await (const { rows, columns } of table.batches(this.#columns, signal)) {
      for (let row = 0; row < rows; row++) {
        if (places.instrument >= 0 && !this.#pick.takes(String(columns[places.instrument]![row]).trim())) {
          continue;
        }
        let fault: string | null = null;
        try {
          this.#readRow(columns, row, places);
          fault = sink.add(this.#row);
        } catch (error) {
          if (!(error instanceof RowFault)) throw error;
          fault = error.message;
        }
        if (fault !== null) throw refusal({ label: `${label}`, ...placed(table.place(start + row)) }, fault);
        this.#taken?.push(start + row);
      }
      start += rows;
      yield;
    }
    this.#pick.end(label);
  }

  #readRow(columns: readonly ArrayLike<unknown>[], row: number, places: Places): void {
    const { plan } = this.#given;
    this.#row[0] = this.#timeOf(
      columns[places.time]![row],
      places.clock < 0 ? undefined : columns[places.clock]![row],
    );
    for (let index = 0; index < candleValues.length; index++) {
      const at = places.values[index]!;
      const column = index < 4 ? plan.prices[index]! : plan.volume;
      this.#row[index + 1] = at < 0 || column === null
        ? NaN
        : this.#valueOf(columns[at]![row], { index, column });
    }
    if (places.adjusted >= 0) {
      adjust(this.#row, this.#valueOf(columns[places.adjusted]![row], { index: 3, column: plan.adjusted! }));
    }
  }

  #timeOf(value: unknown, clock: unknown): number {
    const { times, timeKind } = this.#given;
    if (timeKind !== "text") {
      const epochMs = typeof value === "number" ? value : NaN;
      return times.takeMoment(epochMs, { isLocal: timeKind === "local moment" });
    }
    if (clock !== undefined) return times.take(`${cellText(value, "text")} ${cellText(clock, "text")}`);
    const { unit } = times;
    if (typeof value === "bigint" || typeof value === "number") {
      const plain = unit === "ms" ? Number(value) : unit === "s" ? Number(value) * 1000 : null;
      const epochMs = plain ?? (unit === null ? NaN : stampMs(String(value), unit) ?? NaN);
      if (Number.isInteger(epochMs) && times.takePlain(epochMs)) return epochMs;
      return times.take(cellText(value, "text"));
    }
    if (typeof value === "string") return times.take(value.trim());
    throw new RowFault(`ts_open must be a time, got ${shown(value)}`);
  }

  #valueOf(value: unknown, { index, column }: { readonly index: number; readonly column: number }): number {
    const { plan: { priceScale }, table, numbers } = this.#given;
    const scale = index < 4 ? priceScale : 1;
    if (value === null || value === undefined) return NaN;
    if (typeof value === "bigint") {
      return scale !== 1 && value === maxInt64 ? NaN : Number(value) / scale / table.scales[column]!;
    }
    if (typeof value === "number") {
      const power = table.scales[column]!;
      // the library multiplies by 0.01, which is not quite a hundredth
      return (power === 1 ? value : Math.round(value * power) / power) / scale;
    }
    if (typeof value === "string") {
      return valueOf(value.trim(), { index, missing: this.#missing, form: numbers }) / scale;
    }
    throw new RowFault(`${candleValues[index]} must be a number, got ${shown(value)}`);
  }
}

interface ReaderOptions {
  readonly table: CellTable;
  readonly plan: ColumnPlan;
  readonly times: TimeColumn;
  readonly timeKind: CellTable["timeKinds"][number];
  readonly numbers: { readonly decimal: "." | ","; readonly grouped: boolean };
  readonly options: TableOptions;
}

/** Where the parts of a candle are among the columns that are read, -1 where they are not. */
interface Places {
  readonly time: number;
  readonly clock: number;
  readonly values: readonly number[];
  readonly adjusted: number;
  readonly instrument: number;
}

/** A cell as a text file would have it. */
function cellText(cell: unknown, kind: CellTable["timeKinds"][number]): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "number") return typeof cell === "string" ? cell.trim() : String(cell);
  if (kind === "text") return decimalText(cell);
  if (!(Math.abs(cell) < 8.64e15)) return String(cell);
  const text = formatTimestamp(Math.floor(cell));
  return kind === "moment" ? text : text.replace("Z", "");
}

/** Digits without an exponent where a stamp may be meant: the float 1.7356896e18. */
function decimalText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : String(value);
}

function isValue(text: string): boolean {
  return text !== "" && /^[-+]?\d/.test(text) && !isStamp(text) && !/:/.test(text) && !/\d-\d/.test(text);
}

function placed(place: string): { readonly row?: number } {
  const row = /^ row (\d+)$/.exec(place)?.[1];
  return row === undefined ? {} : { row: Number(row) };
}
