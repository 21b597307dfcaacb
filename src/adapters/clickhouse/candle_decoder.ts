import type { CandleColumns, TimeRange, WithFurther } from "../../core/bars/mod.ts";
import { validationError } from "../../core/errors/mod.ts";
import { MalformedAnswerError, type NativeBlock, NativeReader, type NativeType } from "./native_reader.ts";

type Column = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** Columns of a candle row: `ts_open` in epoch ms as f64; open, high, low, close, volume as f32. */
export const candleRowTypes: readonly NativeType[] = ["Float64", ...Array<NativeType>(5).fill("Float32")];

const valueNames = ["open", "high", "low", "close", "volume"] as const;

/**
 * Candles from ClickHouse's `Native` format, piece by piece. Rows come in order of time; of rows with one time the last
 * one stays. Memory is that of the rows, in blocks, and once more while they are joined.
 */
export class CandleDecoder {
  readonly #range: TimeRange;
  readonly #rowsMax: number;
  readonly #reader: NativeReader;
  readonly #further: readonly string[];
  /** Columns of the blocks so far, cut to the rows that stay. */
  readonly #blocks: (readonly Column[])[] = [];
  readonly #table: string;
  #count = 0;
  #lastMs = -Infinity;

  /** `rowsMax` bounds the rows that are kept. */
  constructor(
    { range, rowsMax, table = "canonical_candles_1m", further = [] }: {
      readonly range: TimeRange;
      readonly rowsMax: number;
      /** Its name in error texts. */
      readonly table?: string;
      /** Names of further columns behind those of candles, f32. */
      readonly further?: readonly string[];
    },
  ) {
    this.#table = table;
    this.#further = further;
    const types = [...candleRowTypes, ...further.map(() => "Float32" as const)];
    this.#reader = new NativeReader(types, (block) => this.#take(block));
    this.#range = range;
    this.#rowsMax = rowsMax;
  }

  /**
   * Takes the next bytes of the answer; they may be overwritten afterwards. Throws `MalformedAnswerError`, and a
   * `validation_error` when there are too many rows.
   */
  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  /** The rows, after the last bytes. Throws `MalformedAnswerError` when the answer ends inside a block. */
  finish(): { readonly candles: CandleColumns } & WithFurther {
    this.#reader.finish();
    const [open, high, low, close, volume] = valueNames.map((_, index) =>
      this.#joined(new Float32Array(this.#count), index + 1)
    );
    const tsOpenMs = this.#joined(new Float64Array(this.#count), 0);
    const candles = { tsOpenMs, open: open!, high: high!, low: low!, close: close!, volume: volume! };
    if (this.#further.length === 0) return { candles };
    const first = 1 + valueNames.length;
    return {
      candles,
      further: new Map(this.#further.map((name, index) => {
        const column = this.#joined(new Float32Array(this.#count), first + index);
        return [name, column.map((value) => Number.isFinite(value) ? value : NaN)];
      })),
    };
  }

  #take({ rows, columns }: NativeBlock): void {
    const times = columns[0]!;
    const kept = ascendsFrom(times, this.#lastMs) ? this.#keepAll(times) : this.#keepLastOfEach(columns);
    if (this.#count + kept > this.#rowsMax) {
      throw refusal(this.#table, `the range has more than ${this.#rowsMax} rows`);
    }
    const block = kept === rows ? columns : columns.map((column) => column.subarray(0, kept));
    this.#blocks.push(block);
    this.#count += kept;
  }

  #keepAll(times: Column): number {
    this.#checkTime(times[0]!, this.#count);
    this.#lastMs = times[0]!;
    this.#checkTime(times[times.length - 1]!, this.#count + times.length - 1);
    this.#lastMs = times[times.length - 1]!;
    return times.length;
  }

  /** Moves the rows that stay to the front of the columns and returns how many they are. */
  #keepLastOfEach(columns: readonly Column[]): number {
    const times = columns[0]!;
    let kept = 0;
    for (let row = 0; row < times.length; row++) {
      const timeMs = times[row]!;
      this.#checkTime(timeMs, this.#count + kept);
      if (timeMs > this.#lastMs) kept++;
      else if (kept === 0) {
        this.#dropLast();
        kept = 1;
      }
      if (kept <= row) { for (const column of columns) column[kept - 1] = column[row]!; }
      this.#lastMs = timeMs;
    }
    return kept;
  }

  #checkTime(timeMs: number, row: number): void {
    const { startMs, endMs } = this.#range;
    if (Number.isSafeInteger(timeMs) && timeMs >= startMs && timeMs < endMs && timeMs >= this.#lastMs) return;
    throw new MalformedAnswerError(`has the time ${timeMs} after row ${row}`);
  }

  /** The next block begins with the time that the last one ended with. */
  #dropLast(): void {
    const last = this.#blocks.pop()!;
    this.#blocks.push(last.map((column) => column.subarray(0, -1)));
    this.#count--;
  }

  #joined<Target extends Column>(target: Target, index: number): Target {
    let first = 0;
    for (const block of this.#blocks) {
      target.set(block[index]!, first);
      first += block[index]!.length;
    }
    return target;
  }
}

/** Whether whole numbers of ms follow each other, none twice; the first and the last are still to be looked at. */
function ascendsFrom(times: Column, lastMs: number): boolean {
  let before = lastMs;
  for (let row = 0; row < times.length; row++) {
    const timeMs = times[row]!;
    if (!(timeMs > before) || Math.floor(timeMs) !== timeMs) return false;
    before = timeMs;
  }
  return true;
}

function refusal(table: string, reason: string): Error {
  const message = `Cannot use candles of ${table}: ${reason}`;
  return validationError(message, [{ path: "candles", code: "value_error", message }]);
}
