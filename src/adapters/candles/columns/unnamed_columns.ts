import { type ColumnRole, isStamp, unitOf } from "../../../core/bars/mod.ts";
import { isClockText, isPackedTime, isTimeText, roughTime } from "../times/time_form.ts";
import { ColumnFault, type ColumnPlan, type Sample } from "./column_plan.ts";

type Told = Partial<Record<ColumnRole, number>>;

/** Orders of open, high, low and close that exchanges use, by their place behind each other. */
const priceOrders = [
  [0, 1, 2, 3],
  // close before high and low
  [0, 2, 3, 1],
  // low and high first
  [2, 1, 0, 3],
  // close, high, low, open
  [3, 1, 2, 0],
  [3, 0, 1, 2],
  [2, 0, 1, 3],
  [1, 2, 3, 0],
  [1, 0, 2, 3],
  [0, 3, 2, 1],
  [0, 3, 1, 2],
  [0, 1, 3, 2],
  [0, 2, 1, 3],
] as const;

/**
 * Tells columns without names from their values: the first that holds times, then four of which one is never below and one
 * never above the others, then the volume. Open and close are recognised by which of them follows the close before. Throws a
 * {@link ColumnFault}.
 */
export function unnamedPlan(sample: Sample, told: Told): ColumnPlan {
  const { rows, numberOf } = sample;
  const columns = rows[0]!.map((_, index) => rows.map((row) => row[index] ?? ""));
  const isTime = (text: string) =>
    isStamp(text) ? unitOf(text) !== null || isPackedTime(text) : isTimeText(text);
  const time = told.time ?? columns.findIndex((cells) => cells.every(isTime));
  if (time < 0) throw fault("no column in which every field is a time");
  const isDate = columns[time]!.every((text) =>
    !text.includes(":") && text.length <= 10 && unitOf(text) === null
  );
  const next = columns[time + 1];
  const clock = told.time_of_day ??
    (isDate && next?.every((text) => isClockText(text) && (text.includes(":") || /^\d{3,6}$/.test(text)))
      ? time + 1
      : null);
  const instrument = told.instrument ?? instrumentOf(columns, { numberOf, not: [time, clock] });
  const isOther = (index: number) => otherNames.test(sample.header?.[index] ?? "");
  const numbers = columns.map((cells, index) => isOther(index) ? cells.map(() => NaN) : cells.map(numberOf));
  const after = (clock ?? time) + 1;
  const [first, last] = [roughTime(columns[time]![0]!), roughTime(columns[time]!.at(-1)!)];
  const prices = toldPrices(told) ?? priceColumns(numbers, { after, descends: last < first });
  if (prices === null) {
    throw fault("no four columns behind the time that can be open, high, low and close");
  }
  return {
    time,
    clock,
    prices,
    volume: told.volume ?? volumeColumn(columns.map((cells) => cells.map(numberOf)), { prices, after }),
    adjusted: told.adjusted_close ?? null,
    instrument,
    priceScale: 1,
    fromValues: true,
  };
}

function fault(what: string): ColumnFault {
  return new ColumnFault(
    `it has no header with names such as time, open, high, low, close, and ${what}; ` +
      "--column time=1 --column open=2 and so on say which columns they are, counted from 1",
  );
}

function instrumentOf(
  columns: readonly (readonly string[])[],
  { numberOf, not }: {
    readonly numberOf: (text: string) => number;
    readonly not: readonly (number | null)[];
  },
): number | null {
  const isName = (text: string) =>
    /^[A-Za-z^][A-Za-z0-9 ./:=^_-]{0,31}$/.test(text) && Number.isNaN(numberOf(text));
  const index = columns.findIndex((cells, index) => !not.includes(index) && cells.every(isName));
  return index < 0 ? null : index;
}

type Prices = readonly [number, number, number, number];

function toldPrices({ open, high, low, close }: Told): Prices | null {
  if (open === undefined || high === undefined || low === undefined || close === undefined) return null;
  return [open, high, low, close];
}

function priceColumns(
  numbers: readonly (readonly number[])[],
  { after, descends }: { readonly after: number; readonly descends: boolean },
): Prices | null {
  const oldToNew = descends ? numbers.map((column) => column.toReversed()) : numbers;
  for (let from = after; from + 4 <= numbers.length; from++) {
    for (const order of priceOrders) {
      const [open, high, low, close] = order.map((place) => from + place) as [number, number, number, number];
      const isNumeric = (column: number) => numbers[column]!.some((value) => !Number.isNaN(value));
      if (![open, high, low, close].every(isNumeric)) continue;
      const misfits = numbers[open]!.filter((value, row) => {
        const [top, bottom, last] = [numbers[high]![row]!, numbers[low]![row]!, numbers[close]![row]!];
        return !isPrice(value, { top, bottom }) || !isPrice(last, { top, bottom });
      }).length;
      if (misfits > misfitsMax * numbers[open]!.length) continue;
      const isSwapped = jumps(oldToNew, { from: open, to: close }) <
        jumps(oldToNew, { from: close, to: open }) / 2;
      return isSwapped ? [close, high, low, open] : [open, high, low, close];
    }
  }
  return null;
}

/** Names that no price of a candle has. */
const otherNames =
  /^(?!.*(open|high|low|close|last)).*\b(bid|ask|vol|volume|qty|quantity|size|amount|count|trades|id|spread|turnover)(?![a-z])/i;

/** Missing values and a rare bad row are judged later. */
const misfitsMax = 0.05;

function isPrice(value: number, { top, bottom }: { readonly top: number; readonly bottom: number }): boolean {
  return Number.isNaN(value) || Number.isNaN(top) || Number.isNaN(bottom) ||
    (value <= top && value >= bottom);
}

/** How far a column is off another in the row before, in all. */
function jumps(
  numbers: readonly (readonly number[])[],
  { from, to }: { readonly from: number; readonly to: number },
): number {
  let sum = 0;
  for (let row = 1; row < numbers[from]!.length; row++) {
    const jump = Math.abs(numbers[to]![row]! - numbers[from]![row - 1]!);
    if (!Number.isNaN(jump)) sum += jump;
  }
  return sum;
}

function volumeColumn(
  numbers: readonly (readonly number[])[],
  { prices, after }: { readonly prices: Prices; readonly after: number },
): number | null {
  const [, high, low] = prices;
  const isNumeric = (index: number) => numbers[index]!.some((value) => !Number.isNaN(value));
  // a mean price, as one exchange has it before the volume
  const isMean = (index: number) =>
    numbers[index]!.every((value, row) => value <= numbers[high]![row]! && value >= numbers[low]![row]!);
  for (let index = Math.max(...prices) + 1; index < numbers.length; index++) {
    if (isNumeric(index) && !(isMean(index) && index + 1 < numbers.length && isNumeric(index + 1))) {
      return index;
    }
  }
  for (let index = after; index < Math.min(...prices); index++) if (isNumeric(index)) return index;
  return null;
}
