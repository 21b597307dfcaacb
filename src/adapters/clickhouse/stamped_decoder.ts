import { exactCandles, type StampedCandles } from "../../core/bars/mod.ts";
import { type NativeBlock, NativeReader, type NativeType } from "./native_reader.ts";

/** Columns of a stamped row: `ts_open` and `ingested_at` in epoch ms, open, high, low, close, volume, all f64. */
export const stampedRowTypes: readonly NativeType[] = Array<NativeType>(7).fill("Float64");

/** Collects the rows of a short answer, ordered by time; of rows with one time the last one stays. */
export class StampedDecoder {
  readonly #reader = new NativeReader(stampedRowTypes, (block) => this.#take(block));
  readonly #columns: number[][] = stampedRowTypes.map(() => []);

  /** Takes the next bytes of the answer. Throws `MalformedAnswerError`. */
  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  /** The rows, after the last bytes. Throws `MalformedAnswerError` when the answer ends inside a block. */
  finish(): StampedCandles {
    this.#reader.finish();
    const [tsOpenMs, ingestedMs, ...values] = this.#columns.map((column) => Float64Array.from(column));
    return { ...exactCandles(tsOpenMs!, values), ingestedMs: ingestedMs! };
  }

  #take({ rows, columns }: NativeBlock): void {
    const times = this.#columns[0]!;
    for (let row = 0; row < rows; row++) {
      const again = times.length > 0 && times[times.length - 1] === columns[0]![row];
      const target = again ? times.length - 1 : times.length;
      this.#columns.forEach((column, index) => column[target] = columns[index]![row]!);
    }
  }
}
