import { BacktestError } from "../../core/errors.ts";
import type { CandleSource, LoadedCandles } from "../../ports/candle_source.ts";
import { readCandleFile } from "./read_candle_file.ts";
import { type CandleQuery, rowsInRange } from "./rows_in_range.ts";

/** Which file to read, and as what. */
export interface FileCandleSourceOptions {
  readonly path: string | URL;
  /** Name of the file in error texts. */
  readonly label: string;
  /** Spacing of the candles; the smallest spacing found unless given. */
  readonly timeframeMs?: number | undefined;
}

/** One CSV or Parquet file that stands for every instrument; read once, on the first load. */
export class FileCandleSource implements CandleSource {
  readonly #options: FileCandleSourceOptions;
  #loaded: LoadedCandles | null = null;

  constructor(options: FileCandleSourceOptions) {
    this.#options = options;
  }

  async load(query: CandleQuery, options: { readonly signal?: AbortSignal } = {}): Promise<LoadedCandles> {
    this.#loaded ??= await this.#read(options);
    return rowsInRange(this.#loaded, query);
  }

  async #read(options: { readonly signal?: AbortSignal }): Promise<LoadedCandles> {
    const { path, label, timeframeMs } = this.#options;
    try {
      return await readCandleFile(path, { ...options, label, timeframeMs });
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof BacktestError) throw error;
      const reason = error instanceof Deno.errors.NotFound ? "no such file" : (error as Error).name;
      throw new BacktestError("market_data_unavailable", `Cannot read candles "${label}": ${reason}`, {
        cause: error,
      });
    }
  }
}
