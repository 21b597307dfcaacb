import {
  type BadRows,
  type BarGrid,
  type CandleReading,
  type Instrument,
  liesOnGrid,
} from "../../core/bars/mod.ts";
import { BacktestError } from "../../core/errors/mod.ts";
import type { CandleSource, LoadedCandles } from "../../ports/candle_source.ts";
import type { WholeCandles } from "../../ports/candle_file.ts";
import { readCandleFile } from "./read_candle_file.ts";
import { storedFiles } from "./store/stored_files.ts";
import type { CandleFileOptions } from "./rows/loaded_candles.ts";
import { fileEndings, instrumentPath } from "./store/store_paths.ts";
import { type CandleQuery, rowsInRange } from "./rows/rows_in_range.ts";

/** More files than these are not told of. */
const toldMax = 10_000;

/** Where files are, and how they are read. */
export interface DirectoryCandleSourceOptions {
  readonly directory: string;
  /** Bad rows are skipped unless this, or what a market's files say, is otherwise. */
  readonly badRows?: BadRows | null;
  /** By market id. */
  readonly files?: Readonly<Record<string, CandleReading & { readonly badRows?: BadRows }>>;
  /** Is told, once a file, what was told from it rather than known. */
  readonly onGuess?: ((guess: { readonly file: string; readonly guess: string }) => void) | undefined;
}

/**
 * Files `<directory>/<market_id>/<SYMBOL>.csv`, or of another format, or a folder of that name. Nothing is kept between
 * loads, so new rows are seen.
 */
export class DirectoryCandleSource implements CandleSource {
  readonly #options: DirectoryCandleSourceOptions;
  readonly #told = new Set<string>();

  constructor(options: DirectoryCandleSourceOptions) {
    this.#options = options;
  }

  async load(query: CandleQuery, options: { readonly signal?: AbortSignal } = {}): Promise<LoadedCandles> {
    const { badRows: ofAll, files = {} } = this.#options;
    const { badRows = ofAll ?? "skip", ...reading } = files[query.instrument.market_id] ?? {};
    const name = instrumentPath(query.instrument);
    const { label, content } = await this.#read(name, {
      ...options,
      reading,
      instrument: query.instrument,
      grid: query.grid,
      columns: query.columns,
    });
    this.#tell(label, content.guess);
    return rowsInRange({ ...content, label, badRows }, query);
  }

  /** Each guess once, as every load reads the file anew. */
  #tell(file: string, guess: string | null): void {
    if (guess === null || this.#told.has(`${file} ${guess}`) || this.#told.size >= toldMax) return;
    this.#told.add(`${file} ${guess}`);
    this.#options.onGuess?.({ file, guess });
  }

  async #read(name: string, { instrument, grid, ...rest }: ReadOptions): Promise<NamedContent> {
    const contentOf = async (label: string, how: Pick<CandleFileOptions, "reading" | "timeframeMs">) => {
      const path = `${this.#options.directory}/${label}`;
      return { label, content: await readCandleFile(path, { ...rest, ...how, label }) };
    };
    try {
      const stored = await storedFiles(this.#options.directory, { instrument, grid });
      if (stored.length === 0) return await contentOf(await this.#labelOf(name), { reading: rest.reading });
      let first: NamedContent | null = null;
      for (const { label, timeframeMs: storedMs } of stored) {
        // what was imported has been read as it was told to
        const named = await contentOf(label, { reading: {}, timeframeMs: storedMs });
        const { candles } = named.content.series;
        if (grid === undefined || stored.length === 1 || liesOnGrid(candles, { storedMs, grid })) {
          return named;
        }
        first ??= named;
      }
      // it will be refused, by a message that names both grids
      return first!;
    } catch (error) {
      rest.signal?.throwIfAborted();
      throw error instanceof BacktestError ? error : await this.#unreadable(instrument, error);
    }
  }

  /** Rejects with the error of the file system where no file of the name is there. */
  async #labelOf(name: string): Promise<string> {
    for (const ending of fileEndings) {
      const label = `${name}${ending}`;
      try {
        await Deno.stat(`${this.#options.directory}/${label}`);
        return label;
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound) || ending === fileEndings.at(-1)) throw error;
      }
    }
    throw new Deno.errors.NotFound(name);
  }

  /** A file that is not there is a wrong instrument, unless the whole folder is not there: a share that is not mounted. */
  async #unreadable({ market_id, symbol }: Instrument, cause: unknown): Promise<BacktestError> {
    const isMissing = cause instanceof Deno.errors.NotFound;
    const isThere = await Deno.stat(this.#options.directory).then(
      ({ isDirectory }) => isDirectory,
      () => false,
    );
    const reason = !isMissing
      ? (cause as Error).name
      : isThere
      ? `there is no file ${instrumentPath({ market_id, symbol })}.csv or .parquet among the candle files`
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
  readonly content: WholeCandles;
}

interface ReadOptions {
  readonly reading: CandleReading;
  readonly grid: BarGrid | undefined;
  readonly columns: readonly string[] | undefined;
  readonly signal?: AbortSignal;
  readonly instrument: Instrument;
}
