import { fileURLToPath } from "node:url";
import { openCandleSet } from "./candle_set.ts";
import { type CandleFileContent, type CandleFileOptions, loadedCandles } from "./rows/loaded_candles.ts";

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
): Promise<CandleFileContent> {
  signal?.throwIfAborted();
  const { label, reading = {} } = options;
  const set = await openCandleSet({ paths: pathsOf(paths), label, reading, signal });
  return await loadedCandles(set, options);
}

/** Paths as a list. */
export function pathsOf(paths: CandlePaths): readonly string[] {
  if (paths instanceof URL) return [fileURLToPath(paths)];
  return typeof paths === "string" ? [paths] : paths;
}
