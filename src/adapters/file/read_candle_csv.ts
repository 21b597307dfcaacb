import { CandleCsvReader } from "./csv_candles.ts";
import { lastLine } from "./last_line.ts";
import type { CandleFileContent, CandleFileOptions } from "./loaded_candles.ts";

const bytesPerRead = 256 * 1024;

/**
 * Reads a candle file without ever holding more than a piece of it. Rejects with what `CandleCsvParser` throws, the
 * errors of the file system, and the reason of the signal.
 */
export async function readCandleCsv(
  path: string | URL,
  { signal, ...options }: CandleFileOptions & { readonly signal?: AbortSignal },
): Promise<CandleFileContent> {
  signal?.throwIfAborted();
  using file = await Deno.open(path);
  const reader = new CandleCsvReader({ ...options, lastLine: await lastLine(file) });
  const buffer = new Uint8Array(bytesPerRead);
  while (true) {
    const count = await file.read(buffer);
    signal?.throwIfAborted();
    if (count === null) return reader.finish();
    reader.push(buffer.subarray(0, count));
  }
}
