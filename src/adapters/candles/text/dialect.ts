import { type CandleReading, isStamp, unitOf } from "../../../core/bars/mod.ts";
import { ColumnFault, hasNames } from "../columns/column_plan.ts";
import { namesOfOne } from "../columns/header_groups.ts";
import { namedRank } from "../columns/column_names.ts";
import { isPackedTime, isTimeText } from "../times/time_form.ts";
import { currencyIn, isNumberLike, type NumberForm, numberFormOf, withoutCurrency } from "./numbers.ts";
import { splitLine } from "./split_line.ts";

/** How the lines of a text are put together. */
export interface Dialect {
  readonly delimiter: string;
  readonly numbers: NumberForm;
  /** Of each row. */
  readonly fields: number;
  /** Names of the columns, and the line they are on, from 1; null where there are none. */
  readonly header: readonly string[] | null;
  readonly headerLine: number | null;
  /** The fields of that line as they are, of which {@link isHeaderAgain} finds others. */
  readonly headerFields: readonly string[] | null;
  /** The first line that is a row, from 1. */
  readonly firstLine: number;
  /** Lines before it that are neither rows nor the header, without blank ones. */
  readonly titleLines: number;
  /** The first rows. */
  readonly rows: readonly (readonly string[])[];
}

/** Says why lines are no candles, as the end of an error text. */
export class DialectFault extends Error {
  /** Where there is one to look at. */
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

/** Comma last, as it may be that of fractions; a blank only where nothing else will do. */
const delimiters = [";", "\t", "|", ",", " "] as const;

const rowsMax = 200;
/** A line that names the prices is among so many first ones. */
const headerLineMax = 50;
const priceRoles = ["open", "high", "low", "close"] as const;
const fieldsMin = 5;

/** Tells the dialect from the first lines of a text. Throws a {@link DialectFault}. */
export function dialectOf(lines: readonly string[], reading: CandleReading): Dialect {
  if (lines.every((line) => line.trim() === "")) throw new DialectFault("it is empty");
  const tried = reading.delimiter === undefined ? delimiters : [reading.delimiter];
  const found = namedRows(lines, tried) ?? unnamedRows(lines, tried);
  const { delimiter, rows, first, fields } = found;
  const header = headerOfOne(lines, found, reading);
  const currency = currencyOf(rows);
  const form = reading.decimal === undefined
    ? numberForm(rows, { delimiter, currency })
    : { decimal: reading.decimal, grouped: true };
  const numbers = currency === null ? form : { ...form, currency };
  const before = lines.slice(0, first).filter((line) => line.trim() !== "").length;
  return {
    delimiter,
    numbers,
    fields,
    header: header?.names ?? null,
    headerLine: header === null ? null : header.index + 1,
    headerFields: found.header?.names ?? null,
    firstLine: first + 1,
    titleLines: before - (header === null ? 0 : 1),
    rows,
  };
}

interface Rows {
  readonly delimiter: string;
  /** Index of the first row's line. */
  readonly first: number;
  readonly fields: number;
  readonly rows: readonly (readonly string[])[];
  readonly header: { readonly names: readonly string[]; readonly index: number } | null;
}

/** The header with the names of one instrument, where it has columns of several. */
function headerOfOne(lines: readonly string[], { delimiter, first, header }: Rows, { pick }: CandleReading) {
  if (header === null) return null;
  const beside = [...lines.slice(header.index + 1, first), lines[header.index - 1] ?? ""];
  try {
    const labels = beside.map((line) => splitLine(line, delimiter) ?? []);
    return { ...header, names: namesOfOne(header.names, { labels, pick }) };
  } catch (fault) {
    if (fault instanceof ColumnFault) throw new DialectFault(fault.message, header.index + 1);
    throw fault;
  }
}

/** Rows below a line that names all four prices; null where there is no such line. */
function namedRows(lines: readonly string[], tried: readonly string[]): Rows | null {
  for (let index = 0; index < Math.min(lines.length, headerLineMax); index++) {
    const line = lines[index]!.replace(/^\s*(#|\/\/)\s*/, "");
    for (const delimiter of tried) {
      const names = splitLine(line, delimiter);
      if (names === null || !priceRoles.every((role) => names.some((name) => namedRank(role, name) >= 0))) {
        continue;
      }
      const records = lines.slice(index + 1).map((text) =>
        isComment(text) ? [""] : splitLine(text, delimiter) ?? [""]
      );
      // below the names there may be more words, such as those of instruments
      const offset = records.findIndex((record) =>
        record.some((text) => isNumberLike(text) || isTimeText(text))
      );
      if (offset < 0) {
        const rest = lines.findIndex((text, at) => at > index && text.trim() !== "" && !isComment(text));
        if (rest < 0) throw new DialectFault("it has a header and no rows");
        throw new DialectFault(
          `it is no row of a time and four prices: ${quoted(lines[rest]!)}, none of its fields ` +
            `(${named(names)}) is a number or a time`,
          rest + 1,
        );
      }
      const found = records.slice(offset).filter((record) => record.length >= names.length);
      const blank = found.every((record) => record.slice(names.length).every((text) => text === ""));
      const fields = blank && found.length > 0 ? Math.max(names.length, found[0]!.length) : names.length;
      const padded = [...names, ...Array<string>(fields - names.length).fill("")];
      const rows = found.filter(({ length }) => length === fields).slice(0, rowsMax);
      return {
        delimiter,
        first: index + 1 + offset,
        fields,
        // of a row with too few fields the reader says so
        rows: rows.length > 0
          ? rows
          : [[...records[offset]!, ...Array<string>(fields).fill("")].slice(0, fields)],
        header: { names: padded, index },
      };
    }
  }
  return null;
}

/** Rows by their values: of the delimiters that make rows the one that makes the most. */
function unnamedRows(lines: readonly string[], tried: readonly string[]): Rows {
  let best: (Rows & { readonly count: number }) | null = null;
  for (const delimiter of tried) {
    const records = lines.map((line) => isComment(line) ? null : splitLine(line, delimiter));
    const counts = new Map<number, number>();
    for (const record of records) {
      if (record !== null && isRow(record)) counts.set(record.length, (counts.get(record.length) ?? 0) + 1);
    }
    const [fields, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
    if (count === 0 || (best !== null && count <= 1.5 * best.count)) continue;
    const fits = (record: readonly string[] | null) => record?.length === fields && isRow(record);
    const first = records.findIndex(fits);
    const header = headerBefore(lines, { delimiter, first, fields });
    best = {
      delimiter,
      first,
      fields,
      count,
      header,
      rows: records.filter(fits).slice(0, rowsMax) as string[][],
    };
  }
  if (best === null) throw withoutRows(lines, tried);
  return best;
}

/** Whether fields are those of a candle: four numbers at least, and one more field with a digit. */
function isRow(fields: readonly string[]): boolean {
  return fields.length >= fieldsMin && fields.filter(isNumberLike).length >= 4 &&
    fields.filter((text) => /\d/.test(text)).length >= fieldsMin;
}

/** Whether fields are those of the header, as a file has it again that was put together of others. */
export function isHeaderAgain(fields: readonly string[], { headerFields }: Dialect): boolean {
  const plain = (names: readonly string[]) => names.join("\n").replaceAll("\ufeff", "").trim().toLowerCase();
  return headerFields !== null && fields.length <= headerFields.length &&
    plain(fields) === plain(headerFields);
}

/** Whether a line is a remark. */
export function isComment(line: string): boolean {
  return /^\s*(#|\/\/)/.test(line);
}

/** The nearest line before the first row that has words for the fields of a row. */
function headerBefore(
  lines: readonly string[],
  { delimiter, first, fields }: {
    readonly delimiter: string;
    readonly first: number;
    readonly fields: number;
  },
): Rows["header"] {
  for (let index = first - 1; index >= 0; index--) {
    const names = isComment(lines[index]!) ? null : splitLine(lines[index]!, delimiter);
    if (names?.length === fields && !names.some(isNumberLike) && names.some((name) => name !== "")) {
      return { names, index };
    }
  }
  return null;
}

/** The currency that every value of a column has, null where no column is such: a single one is a fault. */
function currencyOf(rows: readonly (readonly string[])[]): string | null {
  for (let column = 0; column < rows[0]!.length; column++) {
    const found = new Set(rows.map((row) => row[column]!).filter((text) => text !== "").map(currencyIn));
    const [currency] = found;
    if (found.size === 1 && currency) return currency;
  }
  return null;
}

function numberForm(
  rows: readonly (readonly string[])[],
  { delimiter, currency }: { readonly delimiter: string; readonly currency: string | null },
): NumberForm {
  const bare = (text: string) => currency === null ? text : withoutCurrency(text, currency);
  const texts = rows.flatMap((row) =>
    row.filter((text) =>
      isNumberLike(text) && !(isStamp(text) && unitOf(text) !== null) && !isPackedTime(text) &&
      !isTimeText(text)
    ).map(bare)
  );
  const form = numberFormOf(texts);
  if (form !== null) return form;
  throw new DialectFault(
    `a comma in ${JSON.stringify(texts.find((text) => text.includes(",")))} may be that of fractions or of ` +
      `thousands${delimiter === "," ? "" : ", and no row tells which"}; --decimal , or --decimal . says it`,
  );
}

function withoutRows(lines: readonly string[], tried: readonly string[]): DialectFault {
  const index = lines.findIndex((line) => line.trim() !== "" && !isComment(line));
  if (index < 0) return new DialectFault("it has remarks and no rows");
  const first = lines[index]!;
  const text = tried.map((delimiter) => splitLine(first, delimiter)).find((names) =>
    names !== null && hasNames(names)
  );
  if (text) {
    return new DialectFault(
      `it has no rows of a time and four prices, and its header names no four prices: ${
        quoted(first)
      }; --column ` +
        "open=NAME and so on say which columns they are",
      index + 1,
    );
  }
  return new DialectFault(
    `it is no table of candles, the line is ${
      quoted(first)
    }; --delimiter CHAR says what stands between fields`,
    index + 1,
  );
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, namesMax).map((name) => name.slice(0, 30));
  return [...shown, ...(names.length > namesMax ? ["..."] : [])].join(", ");
}

const namesMax = 8;

function quoted(line: string): string {
  // what is no text is not shown
  // deno-lint-ignore no-control-regex
  const text = line.slice(0, 60).replace(/[\u0000-\u001f\u007f-\u009f\ufffd]/g, "?");
  return JSON.stringify(text.length < line.length ? `${text}...` : text);
}
