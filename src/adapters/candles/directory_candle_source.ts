import type { BadRows, Instrument } from "../../core/bars/mod.ts";
import { BacktestError, validationError } from "../../core/errors/mod.ts";
import { shown } from "../../core/text/mod.ts";
import type { CandleSource, LoadedCandles } from "../../ports/candle_source.ts";
import type { CandleFileContent } from "./rows/loaded_candles.ts";
import { readCandleFile } from "./read_candle_file.ts";
import { type CandleQuery, rowsInRange } from "./rows/rows_in_range.ts";

/**
 * Files `<directory>/<market_id>/<SYMBOL>.csv`, or `.parquet` where there is no such CSV file. Nothing is kept between
 * loads, so new rows are seen.
 */
export class DirectoryCandleSource implements CandleSource {
  readonly #directory: string;
  readonly #badRows: BadRows;

  /** Bad rows are skipped unless `badRows` says otherwise. */
  constructor({ directory, badRows }: { readonly directory: string; readonly badRows?: BadRows | null }) {
    this.#directory = directory;
    this.#badRows = badRows ?? "skip";
  }

  async load(query: CandleQuery, options: { readonly signal?: AbortSignal } = {}): Promise<LoadedCandles> {
    const name = nameOf(query.instrument);
    const { label, content } = await this.#read(name, { ...options, instrument: query.instrument });
    return rowsInRange({ ...content, label, badRows: this.#badRows }, query);
  }

  async #read(name: string, { instrument, ...rest }: ReadOptions): Promise<NamedContent> {
    const read = async (label: string) => {
      const content = await readCandleFile(`${this.#directory}/${label}`, { ...rest, label });
      return { label, content };
    };
    try {
      return await read(`${name}.csv`).catch((error: unknown) => {
        if (error instanceof Deno.errors.NotFound) return read(`${name}.parquet`);
        throw error;
      });
    } catch (error) {
      rest.signal?.throwIfAborted();
      throw error instanceof BacktestError ? error : await this.#unreadable(instrument, error);
    }
  }

  /** A file that is not there is a wrong instrument, unless the whole folder is not there: a share that is not mounted. */
  async #unreadable({ market_id, symbol }: Instrument, cause: unknown): Promise<BacktestError> {
    const isMissing = cause instanceof Deno.errors.NotFound;
    const isThere = await Deno.stat(this.#directory).then(({ isDirectory }) => isDirectory, () => false);
    const reason = !isMissing
      ? (cause as Error).name
      : isThere
      ? `there is no file ${market_id}/${symbol}.csv or .parquet among the candle files`
      : "the candle folder is not there";
    return new BacktestError(
      isMissing && isThere ? "no_candles" : "market_data_unavailable",
      `Cannot load candles of market ${market_id} symbol "${symbol}": ${reason}`,
      { details: { market_id, symbol }, cause },
    );
  }
}

interface NamedContent {
  readonly label: string;
  readonly content: CandleFileContent;
}

interface ReadOptions {
  readonly signal?: AbortSignal;
  readonly instrument: Instrument;
}

/** Path below the directory, without its ending. A symbol comes from a request, so it must not be able to name another folder. */
function nameOf({ market_id, symbol }: Instrument): string {
  if (Number.isSafeInteger(market_id) && /^[A-Z0-9._-]+$/.test(symbol)) return `${market_id}/${symbol}`;
  const message = `Cannot look for candles of symbol ${
    shown(symbol)
  }: only A-Z, 0-9, ".", "_" and "-" may be in it`;
  throw validationError(message, [
    { path: "body.template.instrument_id.symbol", code: "value_error", message },
  ]);
}
