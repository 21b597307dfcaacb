import type { LoadedCandles } from "../../ports/candle_source.ts";
import { type CandleRows, createCandleRows } from "./candle_rows.ts";
import { CandleCsvParser } from "./csv_candle_parser.ts";
import { type CandleFileOptions, loadedCandles } from "./loaded_candles.ts";

/** Reads all candles of a CSV file, piece by piece; see {@link CandleCsvParser} for what is read and thrown. */
export class CandleCsvReader {
  readonly #options: CandleFileOptions;
  readonly #rows: CandleRows = createCandleRows();
  readonly #parser: CandleCsvParser;

  constructor(options: CandleFileOptions) {
    this.#options = options;
    this.#parser = new CandleCsvParser({ label: options.label, sink: this.#rows });
  }

  /** Takes the next bytes of the file; they may be overwritten afterwards. */
  push(bytes: Uint8Array): void {
    this.#parser.push(bytes);
  }

  /** The candles, after the last bytes. */
  finish(): LoadedCandles {
    this.#parser.end();
    return loadedCandles(this.#rows, this.#options);
  }
}
