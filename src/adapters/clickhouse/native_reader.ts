/** Types of the columns that are asked for; both lie in the answer as they lie in memory. */
export type NativeType = "Float32" | "Float64";

/** Rows of an answer, column by column; the columns belong to the taker. */
export interface NativeBlock {
  readonly rows: number;
  readonly columns: readonly (Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>)[];
}

/** An answer that is not what was asked for, such as an error text in place of rows. */
export class MalformedAnswerError extends Error {}

/** A server cuts its answer into blocks of some 65,000 rows; a larger number than this is no number of rows. */
const blockRowsMax = 2 ** 22;
const textBytesMax = 256;
const varintBitsMax = 28;

/** What the next byte belongs to. */
type Part = "column count" | "row count" | "name" | "type" | "values";

/**
 * ClickHouse's `Native` format, piece by piece: blocks of a column count, a row count and, for each column, its name, its
 * type and its values in little endian, one after the other. The values are copied as they are, without looking at each.
 */
export class NativeReader {
  readonly #types: readonly NativeType[];
  readonly #take: (block: NativeBlock) => void;
  #part: Part = "column count";
  #varint = 0;
  #shift = 0;
  /** What is left of a name or a type; null while its length is being read. */
  #textLeft: number | null = null;
  #text = "";
  #rows = 0;
  #rowsBefore = 0;
  #columns: (Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>)[] = [];
  #bytes = new Uint8Array(0);
  #filled = 0;

  /** `types` are those of the columns; `take` gets every block that has rows. */
  constructor(types: readonly NativeType[], take: (block: NativeBlock) => void) {
    this.#types = types;
    this.#take = take;
  }

  /** Takes the next bytes of the answer; they may be overwritten afterwards. Throws `MalformedAnswerError`. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#part === "values") at += this.#fill(bytes, at);
      else this.#takeByte(bytes[at++]!);
    }
  }

  /** After the last bytes. Throws `MalformedAnswerError` when the answer ends inside a block. */
  finish(): void {
    if (this.#part !== "column count" || this.#shift > 0) {
      throw new MalformedAnswerError(`ends in the middle, after row ${this.#rowsBefore}`);
    }
  }

  #fill(bytes: Uint8Array, at: number): number {
    const count = Math.min(this.#bytes.length - this.#filled, bytes.length - at);
    this.#bytes.set(bytes.subarray(at, at + count), this.#filled);
    this.#filled += count;
    if (this.#filled === this.#bytes.length) this.#endColumn();
    return count;
  }

  #takeByte(byte: number): void {
    if (this.#textLeft !== null) {
      this.#text += String.fromCharCode(byte);
      this.#textLeft--;
      if (this.#textLeft === 0) this.#endText();
      return;
    }
    this.#varint += (byte & 127) * 2 ** this.#shift;
    this.#shift += 7;
    if (byte < 128) this.#endVarint();
    else if (this.#shift >= varintBitsMax) throw this.#malformed(`a ${this.#part} that is too long`);
  }

  #endVarint(): void {
    const value = this.#varint;
    this.#varint = this.#shift = 0;
    switch (this.#part) {
      case "column count":
        if (value !== this.#types.length) throw this.#malformed(`${value} columns`);
        this.#part = "row count";
        return;
      case "row count":
        if (value > blockRowsMax) throw this.#malformed(`a block of ${value} rows`);
        this.#rows = value;
        this.#part = "name";
        return;
      default:
        if (value === 0 || value > textBytesMax) {
          throw this.#malformed(`a ${this.#part} of ${value} characters`);
        }
        this.#textLeft = value;
        this.#text = "";
    }
  }

  #endText(): void {
    this.#textLeft = null;
    if (this.#part === "name") {
      this.#part = "type";
      return;
    }
    const type = this.#types[this.#columns.length]!;
    if (this.#text !== type) throw this.#malformed(`a column of type ${this.#text}`);
    const column = type === "Float64" ? new Float64Array(this.#rows) : new Float32Array(this.#rows);
    this.#columns.push(column);
    this.#bytes = new Uint8Array(column.buffer);
    this.#filled = 0;
    this.#part = "values";
    if (this.#rows === 0) this.#endColumn();
  }

  #endColumn(): void {
    this.#part = "name";
    if (this.#columns.length < this.#types.length) return;
    const [rows, columns] = [this.#rows, this.#columns];
    this.#columns = [];
    this.#part = "column count";
    this.#rowsBefore += rows;
    if (rows > 0) this.#take({ rows, columns });
  }

  #malformed(what: string): MalformedAnswerError {
    return new MalformedAnswerError(`has ${what} after row ${this.#rowsBefore}`);
  }
}
