import { fileURLToPath } from "node:url";
import { BacktestError } from "../../core/errors/mod.ts";
import { openCandleSet } from "./candle_set.ts";
import type { WholeCandles } from "../../ports/candle_file.ts";
import { type CandleFileOptions, loadedCandles } from "./rows/loaded_candles.ts";

/** Where candles are read from: a file, a folder, a pattern; several are one series. */
export type CandlePaths = string | URL | readonly string[];

type Options = CandleFileOptions & { readonly signal?: AbortSignal };

/**
 * Reads all candles of files of any format, told apart by their first bytes. Rejects with a `validation_error` of one line
 * that names file, line or row, column and value, with the errors of the file system, and the reason of the signal.
 */
export async function readCandleFile(
  paths: CandlePaths,
  { signal, ...options }: Options,
): Promise<WholeCandles> {
  signal?.throwIfAborted();
  const { label, reading = {} } = options;
  const set = await openCandleSet({ paths: pathsOf(paths), label, reading, signal });
  return await loadedCandles(set, options);
}

/** As {@link readCandleFile}; a file that is not there is `no_candles`, one that cannot be read `market_data_unavailable`. */
export async function readCandles(paths: CandlePaths, options: Options): Promise<WholeCandles> {
  try {
    return await readCandleFile(paths, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof BacktestError) throw error;
    const isMissing = error instanceof Deno.errors.NotFound;
    const reason = isMissing ? "no such file" : (error as Error).name;
    throw new BacktestError(
      isMissing ? "no_candles" : "market_data_unavailable",
      `Cannot read candles "${options.label}": ${reason}`,
      { cause: error },
    );
  }
}

/** Paths as a list. */
export function pathsOf(paths: CandlePaths): readonly string[] {
  if (paths instanceof URL) return [fileURLToPath(paths)];
  return typeof paths === "string" ? [paths] : paths;
}
