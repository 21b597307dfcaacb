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

/** Files of one series that stand for every instrument; they are read on the first load, and anew for further
 * columns that were not wanted before, or once
 * all who had rows have released them: there may be 300 MB, which a sweep has no use for. */
export class FileCandleSource implements CandleSource {
  readonly #options: FileCandleSourceOptions;
  /** What was handed out and is not released. */
  readonly #lent = new Set<LoadedCandles>();
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
    const loaded = rowsInRange({ ...read.content, label, badRows }, query);
    this.#lent.add(loaded);
    return loaded;
  }

  release(loaded: LoadedCandles): void {
    if (!this.#lent.delete(loaded) || this.#lent.size > 0 || this.#read === null) return;
    const { candles, further } = this.#read.content.series;
    this.#read = null;
    for (const { buffer } of [...Object.values(candles), ...further?.values() ?? []]) {
      // the collector would leave it there until the sweep needs as much
      if (buffer instanceof ArrayBuffer) buffer.transfer(0);
    }
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
