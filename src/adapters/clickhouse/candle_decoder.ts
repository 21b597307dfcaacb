import type { CandleColumns, TimeRange } from "../../core/candles.ts";
import { validationError } from "../../core/errors.ts";

/** Bytes of a row: `ts_open` as f64 epoch ms; open, high, low, close, volume as f32; little endian, no separators. */
export const candleRowBytes = 28;

const blockRows = 65_536;
const valueNames = ["open", "high", "low", "close", "volume"] as const;

interface Block {
  readonly times: Float64Array<ArrayBuffer>;
  readonly values: readonly Float32Array<ArrayBuffer>[];
}

/** An answer that is not what was asked for, such as an error text in place of rows. */
export class MalformedAnswerError extends Error {}

/**
 * Candles from ClickHouse's `RowBinary`, piece by piece. Rows come in order of time; of rows with one time the last one
 * stays. Memory is that of the rows, in blocks, and once more while they are joined.
 */
export class CandleDecoder {
  readonly #range: TimeRange;
  readonly #rowsMax: number;
  readonly #blocks: Block[] = [];
  #count = 0;
  #lastMs = -Infinity;
  /** A row whose end has not come yet. */
  readonly #begun = new Uint8Array(candleRowBytes);
  #begunBytes = 0;

  /** `rowsMax` bounds the rows that are kept. */
  constructor({ range, rowsMax }: { readonly range: TimeRange; readonly rowsMax: number }) {
    this.#range = range;
    this.#rowsMax = rowsMax;
  }

  /**
   * Takes the next bytes of the answer; they may be overwritten afterwards. Throws `MalformedAnswerError`, and a
   * `validation_error` when there are too many rows or a value is not a finite f32.
   */
  push(bytes: Uint8Array): void {
    let from = 0;
    if (this.#begunBytes > 0) {
      from = Math.min(candleRowBytes - this.#begunBytes, bytes.length);
      this.#begun.set(bytes.subarray(0, from), this.#begunBytes);
      this.#begunBytes += from;
      if (this.#begunBytes < candleRowBytes) return;
      this.#take(new DataView(this.#begun.buffer), 0);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (; from + candleRowBytes <= bytes.length; from += candleRowBytes) this.#take(view, from);
    this.#begun.set(bytes.subarray(from));
    this.#begunBytes = bytes.length - from;
  }

  /** The rows, after the last bytes. Throws `MalformedAnswerError` when the answer ends inside a row. */
  finish(): CandleColumns {
    if (this.#begunBytes > 0) {
      throw new MalformedAnswerError(`ends ${this.#begunBytes} bytes into row ${this.#count}`);
    }
    const [open, high, low, close, volume] = valueNames.map((_, column) =>
      this.#joined(new Float32Array(this.#count), ({ values }) => values[column]!)
    );
    const tsOpenMs = this.#joined(new Float64Array(this.#count), ({ times }) => times);
    return { tsOpenMs, open: open!, high: high!, low: low!, close: close!, volume: volume! };
  }

  #take(view: DataView, offset: number): void {
    const timeMs = view.getFloat64(offset, true);
    const { startMs, endMs } = this.#range;
    if (!(Number.isSafeInteger(timeMs) && timeMs >= startMs && timeMs < endMs && timeMs >= this.#lastMs)) {
      throw new MalformedAnswerError(`has the time ${timeMs} after row ${this.#count}`);
    }
    if (timeMs > this.#lastMs) this.#append(timeMs);
    const row = this.#count - 1;
    const { times, values } = this.#blocks[Math.floor(row / blockRows)]!;
    times[row % blockRows] = timeMs;
    for (let column = 0; column < values.length; column++) {
      const value = view.getFloat32(offset + 8 + 4 * column, true);
      if (value === Infinity || value === -Infinity) throw infinite(valueNames[column]!, timeMs);
      values[column]![row % blockRows] = value;
    }
  }

  #append(timeMs: number): void {
    if (this.#count === this.#rowsMax) {
      throw refusal(`the range has more than ${this.#rowsMax} rows`);
    }
    if (this.#count % blockRows === 0) {
      this.#blocks.push({
        times: new Float64Array(blockRows),
        values: valueNames.map(() => new Float32Array(blockRows)),
      });
    }
    this.#count++;
    this.#lastMs = timeMs;
  }

  #joined<Column extends Float32Array | Float64Array>(target: Column, of: (block: Block) => Column): Column {
    this.#blocks.forEach((block, index) => {
      const first = index * blockRows;
      target.set(of(block).subarray(0, this.#count - first), first);
    });
    return target;
  }
}

function infinite(name: string, timeMs: number): Error {
  return refusal(`${name} at ${new Date(timeMs).toISOString()} is no finite f32`);
}

function refusal(reason: string): Error {
  const message = `Cannot use candles of canonical_candles_1m: ${reason}`;
  return validationError(message, [{ path: "candles", code: "value_error", message }]);
}
