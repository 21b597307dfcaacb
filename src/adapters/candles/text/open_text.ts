import type { CandleReading, DateOrder, StatedUnit } from "../../../core/bars/mod.ts";
import type { Content } from "../bytes/content.ts";
import { ColumnFault, type ColumnPlan, columnPlan, planFlags, planText } from "../columns/column_plan.ts";
import { furtherPlan } from "../columns/further_plan.ts";
import { refusal } from "../rows/candle_refusal.ts";
import type { OpenedCandles, OpenOptions } from "../rows/opened_candles.ts";
import { clockDigitsOf, DateOrders } from "../times/time_form.ts";
import { daysGuess, TimeColumn } from "../times/time_column.ts";
import { type Dialect, DialectFault, dialectOf, isHeaderAgain } from "./dialect.ts";
import { LineReader } from "./line_reader.ts";
import { numberIn } from "./numbers.ts";
import { splitLine } from "./split_line.ts";
import { TextRows } from "./text_rows.ts";
import { utf8Content } from "./utf8_content.ts";

const headBytes = 128 * 1024;
const tailBytes = [4096, 64 * 1024, 1 << 20];
const lineFeed = 10;
const carriageReturn = 13;
const ownHeader = "ts_open,open,high,low,close,volume";

/** Opens a text with one candle a line. Rejects with a `validation_error` when its form cannot be told. */
export async function openText(given: Content, { reading, signal }: OpenOptions): Promise<OpenedCandles> {
  const { content, encoding, markBytes } = utf8Content(given, await given.head(1024));
  const { label } = content;
  const head = await content.head(headBytes);
  const end = head.includes(lineFeed) || !head.includes(carriageReturn) ? lineFeed : carriageReturn;
  const sample = linesOf(head.subarray(markBytes), { end, isWhole: head.length < headBytes });
  const dialect = told(label, () => sampledDialect(sample, reading));
  const numberOf = (text: string) => numberIn(text, dialect.numbers) ?? NaN;
  const plan = told(label, () => columnPlan({ ...dialect, numberOf }, reading), dialect.headerLine);
  const last = await lastRow(content, { end, dialect });
  const rows = last === null ? dialect.rows : [...dialect.rows, last];
  const timeOf = (row: readonly string[]) =>
    plan.clock === null ? row[plan.time]! : `${row[plan.time]!} ${row[plan.clock]!}`;
  const order = reading.dateOrder ?? await dateOrder(content, { end, dialect, plan, rows, signal });
  const clockDigits = plan.clock === null ? 4 : clockDigitsOf(rows.map((row) => row[plan.clock!]!));
  const times = new TimeColumn({
    reading,
    last: last === null ? null : timeOf(last),
    first: timeOf(dialect.rows[0]!),
    form: { order, clockDigits },
    lastIsRead: plan.instrument === null,
  });
  const further = furtherPlan({ ...dialect, numberOf }, plan);
  let reader: TextRows;
  return {
    label,
    ...guessesOf({ unit: times.statedUnit, dialect, plan, encoding, order, rows, end }),
    firstMs: times.roughly(timeOf(dialect.rows[0]!)),
    lastMs: times.lastMs,
    further,
    async *steps(sink, wish) {
      reader = new TextRows({ label, dialect, plan, times, reading, wish, further }, sink);
      const lineReader = new LineReader({
        label,
        end,
        take: (bytes, span, line) => reader.take(bytes, span, line),
      });
      let skip = markBytes;
      for await (const piece of content.pieces(signal)) {
        lineReader.push(piece.subarray(skip));
        skip = 0;
        yield;
      }
      lineReader.end();
      reader.end();
    },
    found: () => ({
      descends: times.descends,
      sawNaive: times.sawNaive,
      sawExtraFields: dialect.header?.at(-1) === "" && dialect.rows.every((row) => row.at(-1) === ""),
      footer: reader.footer,
      strange: reader.strange,
    }),
    place: (row) => ` line ${reader.lineOf(row)}`,
  };
}

/** The first lines of a text, and what there is of the one after them where it goes on. */
interface Sample {
  readonly lines: readonly string[];
  readonly rest: string | null;
}

function linesOf(
  bytes: Uint8Array<ArrayBuffer>,
  { end, isWhole }: { readonly end: number; readonly isWhole: boolean },
): Sample {
  const lines = new TextDecoder().decode(bytes).split(end === lineFeed ? /\r?\n/ : "\r");
  return isWhole ? { lines, rest: null } : { lines: lines.slice(0, -1), rest: lines.at(-1)! };
}

/** Only where the whole lines say nothing does a broken one count: what is wrong with it is then the reader's to say. */
function sampledDialect({ lines, rest }: Sample, reading: CandleReading): Dialect {
  if (rest === null) return dialectOf(lines, reading);
  try {
    return dialectOf(lines, reading);
  } catch (fault) {
    if (!(fault instanceof DialectFault)) throw fault;
  }
  try {
    const dialect = dialectOf([...lines, rest], reading);
    // without names nothing tells how many fields a row has that is cut off
    if (dialect.header !== null) return dialect;
  } catch (fault) {
    if (!(fault instanceof DialectFault) || fault.line !== undefined) throw fault;
    throw new DialectFault(`its first ${headBytes} bytes hold no row of a time and four prices`);
  }
  throw new DialectFault(
    `it has more than any row of a time and four prices, ${rest.length} characters`,
    lines.length + 1,
  );
}

function told<Result>(label: string, tell: () => Result, line?: number | null): Result {
  try {
    return tell();
  } catch (fault) {
    if (fault instanceof DialectFault) {
      throw refusal({ label, ...(fault.line === undefined ? {} : { line: fault.line }) }, fault.message);
    }
    if (fault instanceof ColumnFault) throw refusal({ label, ...(line ? { line } : {}) }, fault.message);
    throw fault;
  }
}

/** The last line that looks like a row, in the last megabyte. */
async function lastRow(
  content: Content,
  { end, dialect }: { readonly end: number; readonly dialect: Dialect },
): Promise<readonly string[] | null> {
  for (const bytes of tailBytes) {
    const tail = await content.tail(bytes);
    const lines = new TextDecoder().decode(tail).split(String.fromCharCode(end));
    // the first one may be the end of a line
    for (const line of (tail.length < bytes ? lines : lines.slice(1)).reverse()) {
      const fields = splitLine(line.replace(/\r$/, ""), dialect.delimiter);
      if (fields !== null && fields.length >= dialect.fields && fields.some((text) => /\d/.test(text))) {
        if (!isHeaderAgain(fields, dialect)) return fields;
      }
    }
    if (tail.length < bytes) break;
  }
  return null;
}

/** The order of dates, from the first rows and the last one, or else from the whole column. */
async function dateOrder(
  content: Content,
  { end, dialect, plan, rows, signal }: {
    readonly end: number;
    readonly dialect: Dialect;
    readonly plan: ColumnPlan;
    readonly rows: readonly (readonly string[])[];
    readonly signal: AbortSignal | undefined;
  },
): Promise<DateOrder> {
  const orders = new DateOrders();
  for (const row of rows) orders.take(row[plan.time]!);
  if (orders.order !== null) return orders.order;
  const decoder = new TextDecoder();
  const lineReader = new LineReader({
    label: content.label,
    end,
    take: (bytes, { from, to }) => {
      orders.take(splitLine(decoder.decode(bytes.subarray(from, to)), dialect.delimiter)?.[plan.time] ?? "");
    },
  });
  for await (const piece of content.pieces(signal)) lineReader.push(piece);
  lineReader.end();
  if (orders.order !== null) return orders.order;
  throw refusal(
    { label: content.label, line: dialect.firstLine },
    `the date ${
      JSON.stringify(rows[0]![plan.time])
    } may begin with the day or with the month, and no row tells ` +
      "which; --date-order dmy or mdy says it",
  );
}

const delimiterNames: Readonly<Record<string, string>> = { "\t": "tab", " ": "blank" };

function guessesOf(
  { unit, dialect, plan, encoding, order, rows, end }: {
    readonly unit: StatedUnit | null;
    readonly dialect: Dialect;
    readonly plan: ColumnPlan;
    readonly encoding: string | null;
    readonly order: DateOrder;
    readonly rows: readonly (readonly string[])[];
    readonly end: number;
  },
): Pick<OpenedCandles, "guesses" | "flags"> {
  const { delimiter, numbers, header, titleLines } = dialect;
  const isOwn = header?.join(",").replace(/,$/, "") === ownHeader;
  const orders = new DateOrders();
  for (const row of rows) orders.take(row[plan.time]!);
  const guesses = [
    ...(encoding === null ? [] : [encoding.toUpperCase()]),
    ...(delimiter === "," ? [] : [`fields between "${delimiterNames[delimiter] ?? delimiter}"`]),
    ...(numbers.decimal === "." ? [] : ["decimal comma"]),
    ...(end === lineFeed ? [] : ["lines end with CR"]),
    ...(header === null ? ["no header"] : []),
    ...(titleLines === 0 ? [] : [
      `${titleLines} ${titleLines === 1 ? "line" : "lines"} before the ${
        header === null ? "rows" : "header"
      }`,
    ]),
    ...(isOwn ? [] : [planText(plan, header)]),
    ...(orders.matters ? [`dates as ${order}`] : []),
    ...(unit === "days" ? [daysGuess] : []),
    ...(numbers.currency === undefined ? [] : [`values in ${numbers.currency}`]),
    ...(plan.priceScale === 1 ? [] : [`prices in units of ${1 / plan.priceScale}`]),
  ];
  const flags = [
    ...(isOwn ? [] : planFlags(plan, header)),
    ...(unit === null || isOwn ? [] : ["--time-unit", unit]),
    ...(delimiter === "," ? [] : ["--delimiter", delimiterNames[delimiter] ?? delimiter]),
    ...(numbers.decimal === "." ? [] : ["--decimal", ","]),
    ...(orders.matters ? ["--date-order", order] : []),
  ];
  return { guesses, flags };
}
