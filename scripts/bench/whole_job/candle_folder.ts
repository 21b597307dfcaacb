import type { CandleColumns } from "../../../src/core/bars/mod.ts";
import { randomWalk } from "../random_walk.ts";

/** A folder of candle files as a worker reads them; removed when disposed of. */
export interface CandleFolder extends AsyncDisposable {
  readonly directory: string;
  /** Size of the one file. */
  readonly bytes: number;
  /** Open time of its first candle. */
  readonly firstMs: number;
}

const rowsPerWrite = 4096;

/** Writes a random walk of one-minute candles as `1/WALK.csv`, piece by piece: the job's memory is what is measured. */
export async function candleFolder(bars: number): Promise<CandleFolder> {
  const directory = await Deno.makeTempDir({ prefix: "backtest-bench-candles-" });
  const candles = randomWalk(bars, 20_240_101);
  await Deno.mkdir(`${directory}/1`);
  const path = `${directory}/1/WALK.csv`;
  using file = await Deno.open(path, { create: true, write: true });
  const writer = file.writable.getWriter();
  await writer.write(new TextEncoder().encode("ts_open,open,high,low,close,volume\n"));
  for (let from = 0; from < bars; from += rowsPerWrite) {
    const rows = csvRows(candles, { from, to: Math.min(from + rowsPerWrite, bars) });
    await writer.write(new TextEncoder().encode(rows));
  }
  await writer.close();
  return {
    directory,
    bytes: (await Deno.stat(path)).size,
    firstMs: candles.tsOpenMs[0]!,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

function csvRows(
  { tsOpenMs, open, high, low, close, volume }: CandleColumns,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  let rows = "";
  for (let t = from; t < to; t++) {
    const prices = [open[t], high[t], low[t], close[t]].map((price) => price!.toFixed(4));
    rows += `${tsOpenMs[t]},${prices.join()},${volume[t]}\n`;
  }
  return rows;
}
