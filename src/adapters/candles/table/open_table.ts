import { candleValues, isStamp } from "../../../core/bars/mod.ts";
import { shown } from "../../../core/text/mod.ts";
import { ColumnFault, type ColumnPlan, columnPlan, planFlags, planText } from "../columns/column_plan.ts";
import { furtherPlan, noFurther } from "../columns/further_plan.ts";
import { refusal } from "../rows/candle_refusal.ts";
import type { OpenedCandles, OpenOptions } from "../rows/opened_candles.ts";
import { type NumberForm, numberFormOf, numberIn } from "../text/numbers.ts";
import { clockDigitsOf, DateOrders } from "../times/time_form.ts";
import { daysGuess, TimeColumn } from "../times/time_column.ts";
import type { CellTable } from "./cell_table.ts";
import { cellText, TableReader } from "./table_reader.ts";

/** What a table is called, and which of its columns the project writes itself. */
export interface TableOptions extends OpenOptions {
  readonly label: string;
  /** Names that need no word. */
  readonly own?: readonly string[];
}

const ownNames = ["ts_open", ...candleValues];

/** Opens rows of typed columns. Rejects with a `validation_error` when it cannot be told which column is what. */
export async function openTable(table: CellTable, options: TableOptions): Promise<OpenedCandles> {
  const { label, reading, signal } = options;
  const first = await table.first();
  if (first.length === 0) throw refusal({ label }, "it has no rows");
  const last = await table.last();
  const texts = (row: readonly unknown[]) =>
    row.map((cell, column) => cellText(cell, table.timeKinds[column]!));
  const sample = first.map(texts);
  const numbers = numbersOf({ first, sample }, reading);
  const told = {
    header: table.names,
    rows: sample,
    numberOf: (text: string) => numberIn(text, numbers) ?? NaN,
  };
  let plan: ColumnPlan;
  try {
    plan = columnPlan(told, reading);
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
    first: timeText(sample[0]!),
    form: { order, clockDigits },
    lastIsRead: plan.instrument === null,
  });
  const roughly = (row: readonly unknown[] | null) => {
    if (row === null) return NaN;
    const cell = row[plan.time];
    return timeKind === "text" ? times.roughly(timeText(texts(row))) : typeof cell === "number" ? cell : NaN;
  };
  const further = furtherPlan(told, plan);
  const given = { table, plan, times, timeKind, numbers, options, furtherColumn: further.columnOf };
  let reader = new TableReader(given, noFurther);
  const isOwn = table.names !== null && ownNames.every((name) => table.names!.includes(name));
  return {
    label,
    guesses: [
      ...(isOwn && !plan.fromValues ? [] : [planText(plan, table.names)]),
      ...(orders.matters ? [`dates as ${order}`] : []),
      ...(times.statedUnit === "days" ? [daysGuess] : []),
      ...(plan.priceScale === 1 ? [] : [`prices in units of ${1 / plan.priceScale}`]),
    ],
    flags: [
      ...(isOwn && !plan.fromValues ? [] : planFlags(plan, table.names)),
      ...(times.statedUnit === null || isOwn ? [] : ["--time-unit", times.statedUnit]),
      ...(orders.matters ? ["--date-order", order] : []),
    ],
    firstMs: roughly(first[0]!),
    lastMs: roughly(last),
    further,
    steps: (sink, wish) => {
      reader = new TableReader(given, wish);
      return reader.steps(sink, signal);
    },
    found: () => ({
      descends: times.descends,
      sawNaive: times.sawNaive,
      strange: reader.strange,
      sawExtraFields: false,
      footer: null,
    }),
    place: (row) => table.place(reader.tableRow(row)),
  };
}

/** How numbers in texts of the first rows are written. */
function numbersOf(
  { first, sample }: {
    readonly first: readonly (readonly unknown[])[];
    readonly sample: readonly (readonly string[])[];
  },
  { decimal }: OpenOptions["reading"],
): NumberForm {
  if (decimal !== undefined) return { decimal, grouped: true };
  const texts = sample.flatMap((row, at) =>
    row.filter((_, column) => typeof first[at]![column] === "string" && isValue(row[column]!))
  );
  return numberFormOf(texts) ?? { decimal: ".", grouped: false };
}

function openOrder(label: string, date: string): Error {
  return refusal(
    { label },
    `the date ${shown(date)} may begin with the day or with the month; --date-order dmy or mdy says it`,
  );
}

function isValue(text: string): boolean {
  return text !== "" && /^[-+]?\d/.test(text) && !isStamp(text) && !/:/.test(text) && !/\d-\d/.test(text);
}
