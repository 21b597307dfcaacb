import { candleValues } from "../../core/bars/mod.ts";
import { shown, trimOf } from "../../core/text/mod.ts";
import { refusal } from "./candle_refusal.ts";
import type { CandleSink } from "./candle_sink.ts";
import { CsvSyntaxError, eachCsvRecord } from "./csv_records.ts";
import { readPlainStamp, readPlainValues, rowFields } from "./plain_row.ts";
import { type PlainTime, readPlainTime } from "./plain_time.ts";
import { RowFault } from "./row_fault.ts";
import { RowPlaces } from "./row_places.ts";
import type { TimeColumn } from "./time_column.ts";
import { valueOf } from "./value_text.ts";

const lineFeed = 10;
const carriageReturn = 13;
const comma = 44;
const lineBytesMax = 1 << 20;
const byteOrderMark = "\ufeff";

/**
 * Hands the rows of a CSV file in UTF-8 to a sink, piece by piece and in the order of the file; an empty field is NaN,
 * and so is a text that stands for a missing value. All methods throw a `validation_error` whose message is one line
 * naming the file, the line and the value.
 *
 * A row of plain decimals and a plain time is read from its bytes, any other line from its text, and a file with quotes is left to
 * csv-parse from its first quote on, which holds the rest of it in memory: csv-parse alone took a second and 300 MB for a
 * year of minutes.
 */
export class CandleCsvParser {
  readonly #label: string;
  readonly #sink: CandleSink;
  readonly #times: TimeColumn;
  readonly #missing: ReadonlySet<string>;
  readonly #places = new RowPlaces();
  readonly #row = new Float64Array(rowFields);
  readonly #time: PlainTime = { localMs: NaN, zone: null, isDate: false };
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** Begin of a line whose end has not come yet. */
  #begun = new Uint8Array(0);
  #line = 0;
  #headerSeen = false;
  #rows = 0;
  /** Commas behind the header's last name. */
  #extraFields = 0;
  #sawExtraFields = false;
  /** What is left to csv-parse, once there is something. */
  #quoted: { readonly fromLine: number; readonly texts: string[]; readonly decoder: TextDecoder } | null =
    null;

  constructor({ label, sink, times, missing = [] }: CsvCandleOptions) {
    this.#label = label;
    this.#sink = sink;
    this.#times = times;
    this.#missing = new Set(missing);
  }

  /** Line of a row, both in the order of the file; rows count from 0, lines from 1. */
  lineOf(row: number): number {
    return this.#places.lineOf(row);
  }

  /** Whether rows end with commas behind which there is nothing. */
  get sawExtraFields(): boolean {
    return this.#sawExtraFields;
  }

  /** Takes the next bytes of the file; they may be overwritten afterwards. */
  push(bytes: Uint8Array): void {
    let from = 0;
    while (this.#quoted === null) {
      const end = bytes.indexOf(lineFeed, from);
      if (end < 0) break;
      if (this.#begun.length > 0) {
        const line = joined(this.#begun, bytes.subarray(from, end));
        this.#begun = new Uint8Array(0);
        this.#takeLine(line, { from: 0, to: line.length, ended: true });
      } else this.#takeLine(bytes, { from, to: end, ended: true });
      from = end + 1;
    }
    const rest = bytes.subarray(from);
    if (this.#quoted !== null) this.#leave(rest);
    else if (rest.length > 0) this.#begun = joined(this.#begun, rest);
    if (this.#begun.length > lineBytesMax) this.#leaveBegun();
  }

  /** After the last bytes. */
  end(): void {
    if (this.#begun.length > 0) {
      this.#takeLine(this.#begun, { from: 0, to: this.#begun.length, ended: false });
    }
    this.#finishQuoted();
    if (!this.#headerSeen) throw refusal({ label: this.#label }, "it is empty");
    if (this.#rows === 0) throw refusal({ label: this.#label }, "it has a header and no rows");
  }

  #takeLine(
    bytes: Uint8Array,
    { from, to, ended }: { readonly from: number; readonly to: number; readonly ended: boolean },
  ): void {
    this.#line++;
    let last = to > from && bytes[to - 1] === carriageReturn ? to - 1 : to;
    for (let extra = this.#extraFields; extra > 0 && last > from && bytes[last - 1] === comma; extra--) {
      last--;
    }
    if (this.#headerSeen && this.#readPlain(bytes, { from, to: last })) return this.#give(this.#line);
    this.#takeText(bytes.subarray(from, to), ended);
  }

  /** Whether `[from, to)` is a row without anything that needs a closer look; it then lies in `#row`. */
  #readPlain(bytes: Uint8Array, { from, to }: { readonly from: number; readonly to: number }): boolean {
    const row = this.#row;
    const { unit } = this.#times;
    if (unit !== null) {
      const valuesFrom = readPlainStamp(bytes, { from, to, unit, row });
      return valuesFrom >= 0 && readPlainValues(bytes, { from: valuesFrom, to, row }) &&
        this.#times.takePlain(row[0]!);
    }
    const time = this.#time;
    const valuesFrom = readPlainTime(bytes, { from, to, time });
    if (valuesFrom < 0 || !readPlainValues(bytes, { from: valuesFrom, to, row })) return false;
    row[0] = this.#times.takePlainText(time);
    return !Number.isNaN(row[0]);
  }

  #takeText(bytes: Uint8Array, ended: boolean): void {
    const text = this.#decoder.decode(bytes);
    const line = this.#line === 1 && text.startsWith(byteOrderMark) ? text.slice(1) : text;
    if (/"|\r./s.test(line)) {
      this.#quoted = {
        fromLine: this.#line,
        texts: [ended ? `${line}\n` : line],
        decoder: new TextDecoder("utf-8", { ignoreBOM: true }),
      };
    } else if (/[^ \t\f\r]/.test(line)) {
      this.#takeRecord(
        line.split(",").map((field) => trimOf(field, " \t\f\r")),
        this.#line,
      );
    }
  }

  #leave(bytes: Uint8Array): void {
    this.#quoted?.texts.push(this.#quoted.decoder.decode(bytes, { stream: true }));
  }

  /** What has no line feed for so long has lines of another kind, or none. */
  #leaveBegun(): void {
    const fromLine = this.#line + 1;
    if (!this.#begun.includes(carriageReturn)) {
      throw refusal({ label: this.#label, line: fromLine }, `the line is longer than ${lineBytesMax} bytes`);
    }
    this.#quoted = { fromLine, texts: [], decoder: new TextDecoder("utf-8", { ignoreBOM: fromLine > 1 }) };
    this.#leave(this.#begun);
    this.#begun = new Uint8Array(0);
  }

  #finishQuoted(): void {
    if (this.#quoted === null) return;
    const { fromLine, texts, decoder } = this.#quoted;
    // empty lines in place of those that were read, so that lines count from the start of the file
    const text = "\n".repeat(fromLine - 1) + texts.join("") + decoder.decode();
    try {
      eachCsvRecord(text, (fields, line) => this.#takeRecord(fields, line));
    } catch (error) {
      if (!(error instanceof CsvSyntaxError)) throw error;
      throw refusal({ label: this.#label, line: error.line }, error.message);
    }
  }

  #takeRecord(fields: readonly string[], line: number): void {
    if (!this.#headerSeen) return this.#checkHeader(fields, line);
    try {
      this.#readFields(fields);
    } catch (fault) {
      throw fault instanceof RowFault ? refusal({ label: this.#label, line }, fault.message) : fault;
    }
    this.#give(line);
  }

  #readFields(fields: readonly string[]): void {
    if (fields.length < rowFields || fields.slice(rowFields).some((field) => field !== "")) {
      throw new RowFault(`a row must have ${rowFields} fields, got ${fields.length}`);
    }
    this.#sawExtraFields ||= fields.length > rowFields;
    this.#row[0] = this.#times.take(fields[0]!);
    for (let index = 0; index < candleValues.length; index++) {
      this.#row[index + 1] = valueOf(fields[index + 1]!, { index, missing: this.#missing });
    }
  }

  #give(line: number): void {
    const fault = this.#sink.add(this.#row);
    if (fault !== null) throw refusal({ label: this.#label, line }, fault);
    this.#places.add(line);
    this.#rows++;
  }

  #checkHeader(fields: readonly string[], line: number): void {
    const last = fields.findLastIndex((field) => field !== "");
    const found = fields.slice(0, last + 1).join(",");
    if (found !== header) {
      const what = /^<(!doctype|html|\?xml)/i.test(found) ? "it is a web page, " : "";
      const must = `${what}header must be ${header}, got ${shown(found)}${headerRemedy(found)}`;
      throw refusal({ label: this.#label, line }, must);
    }
    this.#headerSeen = true;
    this.#extraFields = fields.length - 1 - last;
    this.#sawExtraFields = this.#extraFields > 0;
  }
}

/** Ends the sentence about a header that is another one; empty where nothing can be said of what would help. */
function headerRemedy(found: string): string {
  if (found.includes("\0") || found.startsWith("\ufffd")) return "; the file must be in UTF-8";
  if (!found.includes(",") && /[;\t|]/.test(found)) return "; fields must be separated by commas";
  if (`${found},volume` === header) {
    return "; a file without volumes has that column and leaves its fields blank";
  }
  const known = header.split(",");
  const names = found.split(",").map((name) => name.trim().toLowerCase());
  return known.slice(1).every((name) => names.includes(name))
    ? "; rename and order the columns like this"
    : "";
}

/** What a parser reads for, and how. */
export interface CsvCandleOptions {
  /** Name of the file in error texts. */
  readonly label: string;
  readonly sink: CandleSink;
  readonly times: TimeColumn;
  /** Texts that stand for a missing value. */
  readonly missing?: readonly string[] | undefined;
}

const header = ["ts_open", ...candleValues].join(",");

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
