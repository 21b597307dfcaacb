import { type CandleRows, createCandleRows } from "./candle_rows.ts";
import { CandleCsvParser } from "./csv_candle_parser.ts";
import { firstField } from "./last_line.ts";
import { type CandleFileContent, type CandleFileOptions, loadedCandles } from "./loaded_candles.ts";
import { TimeColumn } from "./time_column.ts";

/** How a CSV file is read, and what is known of it before. */
export interface CsvReaderOptions extends CandleFileOptions {
  /** The file's last line that is not blank, which says what its times are; null where there is none. */
  readonly lastLine: string | null;
}

/** Reads all candles of a CSV file, piece by piece; see {@link CandleCsvParser} for what is read and thrown. */
export class CandleCsvReader {
  readonly #options: CsvReaderOptions;
  readonly #rows: CandleRows = createCandleRows();
  readonly #times: TimeColumn;
  readonly #parser: CandleCsvParser;

  constructor(options: CsvReaderOptions) {
    const { label, reading = {}, lastLine } = options;
    this.#options = options;
    this.#times = new TimeColumn({ reading, last: lastLine === null ? null : firstField(lastLine) });
    this.#parser = new CandleCsvParser({
      label,
      sink: this.#rows,
      times: this.#times,
      missing: reading.missing,
    });
  }

  /** Takes the next bytes of the file; they may be overwritten afterwards. */
  push(bytes: Uint8Array): void {
    this.#parser.push(bytes);
  }

  /** The candles, after the last bytes. */
  finish(): CandleFileContent {
    this.#parser.end();
    const { descends, sawNaive } = this.#times;
    return loadedCandles({
      candles: this.#rows.columns(),
      descends,
      sawNaive,
      sawExtraFields: this.#parser.sawExtraFields,
      place: (row) => ` line ${this.#parser.lineOf(row)}`,
    }, this.#options);
  }
}
