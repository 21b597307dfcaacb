import { type CandleReading, candleValues } from "../../../core/bars/mod.ts";
import type { ColumnPlan } from "../columns/column_plan.ts";
import { type FurtherPlan, FurtherValues, type FurtherWish } from "../columns/further_plan.ts";
import { refusal } from "../rows/candle_refusal.ts";
import type { CandleSink } from "../rows/candle_sink.ts";
import { InstrumentPick } from "../rows/instrument_pick.ts";
import { RowFault } from "../rows/row_fault.ts";
import { RowPlaces } from "../rows/row_places.ts";
import type { PlainTime } from "../times/plain_time.ts";
import { readPlainTime } from "../times/plain_time.ts";
import type { TimeColumn } from "../times/time_column.ts";
import { type Dialect, isComment, isHeaderAgain } from "./dialect.ts";
import { FieldBounds } from "./field_bounds.ts";
import { valueOf } from "./numbers.ts";
import { adjust } from "../rows/adjust.ts";
import { ByteValues, noPlainValue } from "./byte_values.ts";
import { readPlainStamp, readPlainValues, rowFields } from "./plain_row.ts";
import { splitLine } from "./split_line.ts";

const carriageReturn = 13;
const hash = 35;
const maxInt64 = "9223372036854775807";

/** Longest record with quotes that go on in other lines. */
const openLengthMax = 1 << 16;

/** Lines behind the last row that may be no rows. */
const footerLinesMax = 20;

/** What the rows of a text are read with. */
export interface TextRowsOptions {
  readonly label: string;
  readonly dialect: Dialect;
  readonly plan: ColumnPlan;
  readonly times: TimeColumn;
  readonly reading: CandleReading;
  readonly wish: FurtherWish;
  readonly further: FurtherPlan;
}

/**
 * Turns the lines of a text into rows, and gives them to a sink; an empty field is NaN, and so is a text that stands for a
 * missing value. All methods throw a `validation_error` whose message is one line naming the file, the line and the value.
 *
 * A row is read from its bytes where that will do, any other field or line from its text: csv-parse alone took a second and
 * 300 MB for a year of minutes.
 */
export class TextRows {
  readonly #options: TextRowsOptions;
  readonly #sink: CandleSink;
  readonly #places = new RowPlaces();
  readonly #row: Float64Array<ArrayBuffer>;
  readonly #further: FurtherValues;
  /** Columns of the further values; null where there is none of the name. */
  readonly #furtherAt: readonly (number | null)[];
  readonly #time: PlainTime = { localMs: NaN, zone: null, isDate: false };
  readonly #decoder = new TextDecoder();
  readonly #bounds: FieldBounds;
  readonly #values: ByteValues;
  readonly #missing: ReadonlySet<string>;
  readonly #pick: InstrumentPick;
  /** Whether fields lie as in the project's own form: the time and five values, with points and commas. */
  readonly #isOwn: boolean;
  #heldName = new Uint8Array(0);
  #heldTakes = false;
  #rows = 0;
  /** A line with quotes that go on in the next one. */
  #open: { readonly texts: string[]; length: number; readonly line: number } | null = null;
  /** Lines that are no rows, as long as no row follows. */
  #footer: { readonly line: number; readonly text: string; readonly fault: string; lines: number } | null =
    null;

  constructor(options: TextRowsOptions, sink: CandleSink) {
    const { dialect, plan, reading, wish, further } = options;
    this.#further = new FurtherValues(wish);
    this.#furtherAt = wish.names.map((name) => further.columnOf(name));
    this.#row = new Float64Array(rowFields + wish.names.length);
    this.#options = options;
    this.#sink = sink;
    this.#bounds = new FieldBounds({ delimiter: dialect.delimiter.charCodeAt(0), fields: dialect.fields });
    this.#values = new ByteValues(dialect.numbers);
    this.#missing = new Set(reading.missing ?? []);
    this.#pick = new InstrumentPick(reading.pick);
    this.#isOwn = dialect.delimiter === "," && dialect.numbers.decimal === "." && !dialect.numbers.grouped &&
      dialect.fields === rowFields && wish.names.length === 0 &&
      plan.clock === null && plan.instrument === null && plan.adjusted === null && plan.priceScale === 1 &&
      [plan.time, ...plan.prices, plan.volume].every((column, index) => column === index);
  }

  /** Line of a row, both in the order of the file; rows count from 0, lines from 1. */
  lineOf(row: number): number {
    return this.#places.lineOf(row);
  }

  get strange() {
    return this.#further.strange;
  }

  get footer() {
    return this.#footer;
  }

  /** Takes a line; those before the first row are passed over. */
  take(
    bytes: Uint8Array<ArrayBuffer>,
    span: { readonly from: number; readonly to: number },
    line: number,
  ): void {
    if (line < this.#options.dialect.firstLine) return;
    const to = span.to > span.from && bytes[span.to - 1] === carriageReturn ? span.to - 1 : span.to;
    const row = { from: span.from, to };
    if (this.#open === null && ((this.#isOwn && this.#readOwn(bytes, row)) || this.#readBytes(bytes, row))) {
      return this.#give(line);
    }
    this.#takeText(this.#decoder.decode(bytes.subarray(span.from, to)), line);
  }

  /** After the last line. */
  end(): void {
    const { label } = this.#options;
    if (this.#open !== null) throw refusal({ label, line: this.#open.line }, "a quote in it does not end");
    this.#pick.end(label);
    if (this.#rows === 0) {
      if (this.#footer !== null) throw refusal({ label, line: this.#footer.line }, this.#footer.fault);
      throw refusal({ label }, "it has a header and no rows");
    }
  }

  /** Whether `[from, to)` is a row without anything that needs a closer look; it then lies in `#row`. */
  #readOwn(
    bytes: Uint8Array<ArrayBuffer>,
    { from, to }: { readonly from: number; readonly to: number },
  ): boolean {
    const { times } = this.#options;
    const row = this.#row;
    const { unit } = times;
    if (unit !== null) {
      const valuesFrom = readPlainStamp(bytes, { from, to, unit, row });
      return valuesFrom >= 0 && readPlainValues(bytes, { from: valuesFrom, to, row }) &&
        times.takePlain(row[0]!);
    }
    const time = this.#time;
    const valuesFrom = readPlainTime(bytes, { from, to, time });
    if (valuesFrom < 0 || !readPlainValues(bytes, { from: valuesFrom, to, row })) return false;
    row[0] = times.takePlainText(time);
    return !Number.isNaN(row[0]);
  }

  /** As {@link #readOwn}, with fields in any place. */
  #readBytes(bytes: Uint8Array<ArrayBuffer>, span: { readonly from: number; readonly to: number }): boolean {
    const { plan, times } = this.#options;
    if (bytes[span.from] === hash || !this.#bounds.find(bytes, span)) return false;
    const { starts, ends } = this.#bounds;
    if (plan.instrument !== null && !this.#isHeldName(bytes, plan.instrument)) return false;
    for (let index = 0; index < candleValues.length; index++) {
      const column = index < 4 ? plan.prices[index]! : plan.volume;
      const value = column === null ? NaN : this.#valueAt(bytes, column);
      if (value === noPlainValue) return false;
      this.#row[index + 1] = index < 4 && plan.priceScale !== 1 ? value / plan.priceScale : value;
    }
    if (plan.adjusted !== null) {
      const adjusted = this.#valueAt(bytes, plan.adjusted);
      if (adjusted === noPlainValue || Number.isNaN(adjusted)) return false;
      adjust(this.#row, adjusted);
    }
    for (let index = 0; index < this.#furtherAt.length; index++) {
      const column = this.#furtherAt[index]!;
      const value = column === null ? NaN : this.#valueAt(bytes, column);
      if (value === noPlainValue) return false;
      this.#row[rowFields + index] = value;
    }
    const [from, to] = [starts[plan.time]!, ends[plan.time]!];
    const time = plan.clock === null
      ? times.takeBytes(bytes, { from, to })
      : times.takeBytes(bytes, { from, to, clock: { from: starts[plan.clock]!, to: ends[plan.clock]! } });
    this.#row[0] = time;
    return !Number.isNaN(time);
  }

  #valueAt(bytes: Uint8Array<ArrayBuffer>, column: number): number {
    return this.#values.of(bytes, { from: this.#bounds.starts[column]!, to: this.#bounds.ends[column]! });
  }

  /** Whether the instrument is that of the row before, and is taken. */
  #isHeldName(bytes: Uint8Array<ArrayBuffer>, column: number): boolean {
    const [from, to] = [this.#bounds.starts[column]!, this.#bounds.ends[column]!];
    const held = this.#heldName;
    if (!this.#heldTakes || held.length !== to - from || held.length === 0) return false;
    for (let at = 0; at < held.length; at++) if (held[at] !== bytes[from + at]) return false;
    return true;
  }

  #takeText(given: string, line: number): void {
    const { label, dialect } = this.#options;
    const open = this.#open;
    const text = given.replace("\ufeff", "");
    // of a file of which parts end lines otherwise
    if (open === null && text.includes("\r") && !text.includes('"')) {
      for (const part of text.split(/\r+/)) this.#takeText(part, line);
      return;
    }
    if (open === null && (/^[ \t\f\r]*$/.test(text) || isComment(text))) return;
    if (open !== null) {
      open.texts.push(text);
      open.length += text.length + 1;
      if (open.length > openLengthMax) {
        throw refusal({ label, line: open.line }, "a quote in it does not end");
      }
      if (!text.includes('"')) return;
    }
    const fields = splitLine(open === null ? text : open.texts.join("\n"), dialect.delimiter);
    if (fields === null) {
      this.#open ??= { texts: [text], length: text.length, line };
      return;
    }
    this.#open = null;
    if (isHeaderAgain(fields, dialect)) return;
    this.#takeFields(fields, line);
  }

  #takeFields(fields: readonly string[], line: number): void {
    try {
      if (this.#readFields(fields)) this.#give(line);
    } catch (fault) {
      if (!(fault instanceof RowFault)) throw fault;
      const { label, times, plan } = this.#options;
      const isFooter = this.#rows > 0 && Number.isNaN(times.roughly(fields[plan.time] ?? "")) &&
        !/^[^A-Za-z]*\d/.test(fields[plan.time] ?? "") && fields.filter((text) => text !== "").length < 5;
      if (this.#footer === null && isFooter) {
        this.#footer = { line, text: fields.join(" ").trim(), fault: fault.message, lines: 1 };
      } else if (!isFooter || ++this.#footer!.lines > footerLinesMax) {
        throw refusal({ label, line }, fault.message);
      }
    }
  }

  /** Whether the row is to be taken. */
  #readFields(fields: readonly string[]): boolean {
    const { dialect, plan, times } = this.#options;
    const extra = fields.slice(dialect.fields);
    if (fields.length < dialect.fields || extra.some((field) => field !== "")) {
      throw new RowFault(`a row must have ${dialect.fields} fields, got ${fields.length}`);
    }
    if (plan.instrument !== null) {
      const name = fields[plan.instrument]!;
      this.#heldName = new TextEncoder().encode(name);
      this.#heldTakes = this.#pick.takes(name);
      if (!this.#heldTakes) return false;
    }
    const time = fields[plan.time]!;
    this.#row[0] = times.take(plan.clock === null ? time : `${time} ${fields[plan.clock]!}`);
    for (let index = 0; index < candleValues.length; index++) {
      const column = index < 4 ? plan.prices[index]! : plan.volume;
      this.#row[index + 1] = column === null ? NaN : this.#valueOf(fields[column]!, index);
    }
    if (plan.adjusted !== null) {
      adjust(this.#row, this.#valueOf(fields[plan.adjusted]!, candleValues.indexOf("close")));
    }
    const form = dialect.numbers;
    this.#furtherAt.forEach((column, index) => {
      this.#row[rowFields + index] = column === null
        ? NaN
        : this.#further.ofText(fields[column]!, { index, missing: this.#missing, form });
    });
    return true;
  }

  #valueOf(text: string, index: number): number {
    const { plan: { priceScale }, dialect: { numbers } } = this.#options;
    if (priceScale !== 1 && text === maxInt64) return NaN;
    const value = valueOf(text, { index, missing: this.#missing, form: numbers });
    return index < 4 ? value / priceScale : value;
  }

  #give(line: number): void {
    const { label } = this.#options;
    if (this.#footer !== null) throw refusal({ label, line: this.#footer.line }, this.#footer.fault);
    const fault = this.#sink.add(this.#row);
    if (fault !== null) throw refusal({ label, line }, fault);
    this.#places.add(line);
    this.#rows++;
  }
}
