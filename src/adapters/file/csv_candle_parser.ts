import { candleValues } from "../../core/exact_candles.ts";
import { shown } from "../../core/shown.ts";
import { parseTimestamp } from "../../core/time_text.ts";
import { trimOf } from "../../core/trim.ts";
import { type CandlePlace, refusal } from "./candle_refusal.ts";
import type { CandleSink } from "./candle_sink.ts";
import { CsvSyntaxError, eachCsvRecord } from "./csv_records.ts";
import { readPlainRow, rowFields } from "./plain_row.ts";

const lineFeed = 10;
const carriageReturn = 13;
const byteOrderMark = "\ufeff";

/**
 * Hands the rows of a CSV file in UTF-8 to a sink, piece by piece: `ts_open` as ISO 8601 with offset or epoch ms,
 * strictly ascending; an empty field is NaN. All methods throw a `validation_error` whose message is one line naming the
 * file, the line and the value.
 *
 * A row of plain decimals is read from its bytes, any other line from its text, and a file with quotes is left to
 * csv-parse from its first quote on, which holds the rest of it in memory: csv-parse alone took a second and 300 MB for a
 * year of minutes.
 */
export class CandleCsvParser {
  readonly #label: string;
  readonly #sink: CandleSink;
  readonly #row = new Float64Array(rowFields);
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** Begin of a line whose end has not come yet. */
  #begun = new Uint8Array(0);
  #line = 0;
  #headerSeen = false;
  /** What is left to csv-parse, once there is something. */
  #quoted: { readonly fromLine: number; readonly texts: string[]; readonly decoder: TextDecoder } | null =
    null;

  /** `label` is the name of the file in error texts. */
  constructor({ label, sink }: { readonly label: string; readonly sink: CandleSink }) {
    this.#label = label;
    this.#sink = sink;
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
  }

  /** After the last bytes. */
  end(): void {
    if (this.#begun.length > 0) {
      this.#takeLine(this.#begun, { from: 0, to: this.#begun.length, ended: false });
    }
    this.#finishQuoted();
    if (!this.#headerSeen) this.#checkHeader([], 1);
  }

  #takeLine(
    bytes: Uint8Array,
    { from, to, ended }: { readonly from: number; readonly to: number; readonly ended: boolean },
  ): void {
    this.#line++;
    const last = to > from && bytes[to - 1] === carriageReturn ? to - 1 : to;
    if (this.#headerSeen && readPlainRow(bytes, { from, to: last, row: this.#row })) {
      const timeMs = this.#row[0]!;
      if (Number.isSafeInteger(timeMs) && timeMs > this.#sink.lastMs) return this.#give(this.#line);
    }
    this.#takeText(bytes.subarray(from, to), ended);
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
    const place = { label: this.#label, line };
    if (fields.length !== rowFields) {
      throw refusal(place, `a row must have ${rowFields} fields, got ${fields.length}`);
    }
    this.#row[0] = readTime({ fields, place }, this.#sink.lastMs);
    for (let index = 0; index < candleValues.length; index++) {
      this.#row[index + 1] = readValue({ fields, place }, index);
    }
    this.#give(line);
  }

  #give(line: number): void {
    const fault = this.#sink.add(this.#row);
    if (fault !== null) throw refusal({ label: this.#label, line }, fault);
  }

  #checkHeader(fields: readonly string[], line: number): void {
    const found = fields.join(",");
    if (found !== header) {
      throw refusal({ label: this.#label, line }, `header must be ${header}, got ${shown(found)}`);
    }
    this.#headerSeen = true;
  }
}

const header = ["ts_open", ...candleValues].join(",");

interface Row {
  readonly fields: readonly string[];
  readonly place: CandlePlace;
}

function readTime({ fields, place }: Row, previousMs: number): number {
  const text = fields[0]!;
  const epochMs = /^\d+$/.test(text) ? Number(text) : parseTimestamp(text);
  if (epochMs === null || !Number.isSafeInteger(epochMs)) {
    throw refusal(place, `ts_open must be a time with offset or epoch milliseconds, got ${shown(text)}`);
  }
  if (epochMs <= previousMs) {
    throw refusal(place, `ts_open must be later than the row before, got ${shown(text)}`);
  }
  return epochMs;
}

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

function readValue({ fields, place }: Row, index: number): number {
  const text = fields[index + 1]!;
  if (text === "") return NaN;
  const value = decimal.test(text) ? Number(text) : NaN;
  // prices are f32 from here on, and 1e39 is none
  if (Number.isFinite(Math.fround(value))) return value;
  throw refusal(place, `${candleValues[index]} must be a number, got ${shown(text)}`);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
