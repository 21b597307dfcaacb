import { BacktestError, validationError } from "../../core/errors.ts";
import type { Instrument } from "../../core/plan.ts";
import { shown } from "../../core/shown.ts";
import type { CandleSource, LoadedCandles } from "../../ports/candle_source.ts";
import { readCandleCsv } from "./read_candle_csv.ts";
import { type CandleQuery, rowsInRange } from "./rows_in_range.ts";

/** CSV files `<directory>/<market_id>/<SYMBOL>.csv`. Nothing is kept between loads, so new rows are seen. */
export class DirectoryCandleSource implements CandleSource {
  readonly #directory: string;

  constructor(options: { readonly directory: string }) {
    this.#directory = options.directory;
  }

  async load(query: CandleQuery, options: { readonly signal?: AbortSignal } = {}): Promise<LoadedCandles> {
    const label = fileOf(query.instrument);
    const path = `${this.#directory}/${label}`;
    return rowsInRange(await readFile(path, { ...options, label, instrument: query.instrument }), query);
  }
}

/** Path below the directory. A symbol comes from a request, so it must not be able to name another folder. */
function fileOf({ market_id, symbol }: Instrument): string {
  if (Number.isSafeInteger(market_id) && /^[A-Z0-9._-]+$/.test(symbol)) return `${market_id}/${symbol}.csv`;
  const message = `Cannot look for candles of symbol ${
    shown(symbol)
  }: only A-Z, 0-9, ".", "_" and "-" may be in it`;
  throw validationError(message, [
    { path: "body.template.instrument_id.symbol", code: "value_error", message },
  ]);
}

async function readFile(
  path: string,
  options: { readonly signal?: AbortSignal; readonly label: string; readonly instrument: Instrument },
): Promise<LoadedCandles> {
  const { instrument: { market_id, symbol }, ...rest } = options;
  try {
    return await readCandleCsv(path, rest);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof BacktestError) throw error;
    const reason = error instanceof Deno.errors.NotFound ? "there is no file" : (error as Error).name;
    throw new BacktestError(
      "market_data_unavailable",
      `Cannot load candles of market ${market_id} symbol "${symbol}": ${reason}`,
      { details: { market_id, symbol }, cause: error },
    );
  }
}
