import type { BadRows, CandleReading } from "../../core/bars/mod.ts";
import type { CandleSource, LoadedCandles } from "../../ports/candle_source.ts";
import type { WholeCandles } from "../../ports/candle_file.ts";
import { type CandlePaths, readCandles } from "./read_candle_file.ts";
import { type CandleQuery, rowsInRange } from "./rows/rows_in_range.ts";

/** Which file to read, and as what. */
export interface FileCandleSourceOptions {
  readonly path: CandlePaths;
  /** Name of the file in error texts. */
  readonly label: string;
  /** Spacing of the candles; told from the rows unless given. */
  readonly timeframeMs?: number | undefined;
  readonly reading?: CandleReading | undefined;
  /** Takes what was told from the files rather than known, in one line, where there is such. */
  readonly onGuess?: ((line: string) => void) | undefined;
  /** `skip` unless given. */
  readonly badRows?: BadRows | undefined;
}

/** Files of one series that stand for every instrument; they are read once, on the first load, and anew for further
 * columns that were not wanted before. */
export class FileCandleSource implements CandleSource {
  readonly #options: FileCandleSourceOptions;
  #read: { readonly content: WholeCandles; readonly columns: readonly string[] } | null = null;

  constructor(options: FileCandleSourceOptions) {
    this.#options = options;
  }

  async load(query: CandleQuery, options: { readonly signal?: AbortSignal } = {}): Promise<LoadedCandles> {
    const { columns = [] } = query;
    let read = this.#read;
    if (read === null || columns.some((name) => !read!.columns.includes(name))) {
      this.#read = read = { content: await this.#readFiles(columns, options), columns };
    }
    const { label, badRows = "skip" } = this.#options;
    return rowsInRange({ ...read.content, label, badRows }, query);
  }

  async #readFiles(
    columns: readonly string[],
    options: { readonly signal?: AbortSignal },
  ): Promise<WholeCandles> {
    const { path, onGuess, ...reading } = this.#options;
    const content = await readCandles(path, { ...options, ...reading, columns });
    if (content.guess !== null) onGuess?.(content.guess);
    return content;
  }
}
