import type { BadRows, CandleReading } from "../../core/bars/mod.ts";
import { BacktestError } from "../../core/errors/mod.ts";
import type { CandleSource, LoadedCandles } from "../../ports/candle_source.ts";
import type { CandleFileContent } from "./loaded_candles.ts";
import { readCandleFile } from "./read_candle_file.ts";
import { type CandleQuery, rowsInRange } from "./rows_in_range.ts";

/** Which file to read, and as what. */
export interface FileCandleSourceOptions {
  readonly path: string | URL;
  /** Name of the file in error texts. */
  readonly label: string;
  /** Spacing of the candles; told from the rows unless given. */
  readonly timeframeMs?: number | undefined;
  readonly reading?: CandleReading | undefined;
  /** `skip` unless given. */
  readonly badRows?: BadRows | undefined;
}

/** One CSV or Parquet file that stands for every instrument; read once, on the first load. */
export class FileCandleSource implements CandleSource {
  readonly #options: FileCandleSourceOptions;
  #content: CandleFileContent | null = null;

  constructor(options: FileCandleSourceOptions) {
    this.#options = options;
  }

  async load(query: CandleQuery, options: { readonly signal?: AbortSignal } = {}): Promise<LoadedCandles> {
    this.#content ??= await this.#read(options);
    const { label, badRows = "skip" } = this.#options;
    return rowsInRange({ ...this.#content, label, badRows }, query);
  }

  async #read(options: { readonly signal?: AbortSignal }): Promise<CandleFileContent> {
    const { path, ...reading } = this.#options;
    try {
      return await readCandleFile(path, { ...options, ...reading });
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof BacktestError) throw error;
      const isMissing = error instanceof Deno.errors.NotFound;
      const reason = isMissing ? "no such file" : (error as Error).name;
      throw new BacktestError(
        isMissing ? "no_candles" : "market_data_unavailable",
        `Cannot read candles "${this.#options.label}": ${reason}`,
        {
          cause: error,
        },
      );
    }
  }
}
