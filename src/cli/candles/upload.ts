import { BacktestError } from "../../core/errors/mod.ts";
import type { UploadResult } from "../../answers/candles.ts";
import type { BacktestClient } from "../../client/client.ts";
import { spacingText } from "../../core/bars/mod.ts";
import { inputBytesMax } from "../../core/limits/mod.ts";
import type { FileReading } from "../../schema/file_reading.ts";
import type { CliDeps } from "../deps.ts";

/** What is sent to an API. */
export interface UploadOptions {
  /** A file, a folder or a pattern of files. */
  readonly file: string;
  readonly market: number;
  readonly symbol: string;
  readonly candleTimeframe?: number;
  readonly dryRun?: boolean;
  readonly reading: FileReading;
}

/** Brings files to an API as candles of who the token names. */
export async function uploadFiles(
  { file, market, symbol, candleTimeframe, dryRun, reading }: UploadOptions,
  { client, deps }: { readonly client: BacktestClient; readonly deps: CliDeps },
): Promise<UploadResult> {
  const files: { readonly name: string; readonly content: Blob }[] = [];
  for (const path of await deps.candleFiles(file)) {
    files.push({ name: path, content: new Blob([await deps.readBytes(path, { bytesMax: inputBytesMax })]) });
  }
  const query = {
    market_id: market,
    symbol,
    ...(candleTimeframe === undefined ? {} : { candle_timeframe: spacingText(candleTimeframe) }),
    ...(dryRun ? { dry_run: true } : {}),
    ...readingQuery(reading),
  };
  try {
    return await client.uploadCandles(files, query, { signal: deps.stop });
  } catch (error) {
    if (!deps.stop.aborted) throw error;
    throw new BacktestError("unexpected_error", `Cannot finish the upload of "${file}": interrupted`, {
      cause: error,
    });
  }
}

/** The same options by the names that a query has. */
function readingQuery(
  { column = {}, ...reading }: FileReading,
): Record<string, string | boolean | readonly string[]> {
  const named = Object.entries(reading).filter(([, value]) => value !== undefined).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  const columns = Object.entries(column).map(([role, name]) => `${role}=${name}`);
  return Object.fromEntries([...named, ...(columns.length === 0 ? [] : [["column", columns]])]);
}
