import { candlePaths } from "../adapters/candles/bytes/candle_paths.ts";
import { BacktestError } from "../core/errors/mod.ts";
import { reason } from "./input.ts";

/** The files that a path means: itself, those of a folder or a pattern. Rejects with one line that names the path. */
export async function candleFiles(path: string): Promise<readonly string[]> {
  try {
    return await candlePaths([path]);
  } catch (cause) {
    throw new BacktestError("validation_error", `Cannot read "${path}": ${reason(cause)}`, { cause });
  }
}
