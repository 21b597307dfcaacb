import { BacktestError } from "../../../core/errors/mod.ts";
import type { CandleSource, LoadedCandles } from "../../../ports/candle_source.ts";
import type { BadRows } from "../../../core/bars/mod.ts";
import { DirectoryCandleSource } from "../directory_candle_source.ts";
import type { CandleQuery } from "../rows/rows_in_range.ts";
import { hasStored } from "../store/stored_files.ts";
import { ownFolder } from "./own_folder.ts";

/** Where own candles are, and those of everybody. */
export interface OwnCandleSourceOptions {
  /** Holds `<user_id>/<market_id>/<SYMBOL>.<timeframe>.parquet`. */
  readonly directory: string;
  readonly shared: CandleSource;
  readonly badRows: BadRows | null;
}

/**
 * The candles of an instrument that a user has uploaded, if any, else those of everybody. The two are never mixed: who has
 * brought an instrument gets his own rows of it, in whatever timeframe, until he deletes them.
 */
export class OwnCandleSource implements CandleSource {
  readonly #options: OwnCandleSourceOptions;

  constructor(options: OwnCandleSourceOptions) {
    this.#options = options;
  }

  async load(
    query: CandleQuery & { readonly userId?: string | undefined },
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<LoadedCandles> {
    const { directory: root, shared, badRows } = this.#options;
    if (query.userId === undefined) return await shared.load(query, options);
    const directory = ownFolder(root, query.userId);
    if (!(await this.#has(directory, query))) {
      return await shared.load(query, options);
    }
    const own = new DirectoryCandleSource({ directory, badRows });
    return { ...await own.load(query, options), own: true };
  }

  async #has(directory: string, { instrument }: CandleQuery): Promise<boolean> {
    try {
      return await hasStored(directory, instrument);
    } catch (cause) {
      if (cause instanceof BacktestError) throw cause;
      const { market_id, symbol } = instrument;
      const message = `Cannot load candles of market ${market_id} symbol "${symbol}": ${
        (cause as Error).name
      }`;
      throw new BacktestError("market_data_unavailable", message, { details: { market_id, symbol }, cause });
    }
  }
}
