/**
 * One use of a candle file in a process of its own, which prints the most memory that it held, in MB.
 *
 * Usage: `deno run --allow-all scripts/bench/candles/memory_process.ts nothing|columns|1h|1m|import FILE FOLDER`
 */
import { StoredCandleFile } from "../../../src/adapters/candles/candle_file.ts";
import { FileCandleSource } from "../../../src/adapters/candles/file_candle_source.ts";
import { readCandleFile } from "../../../src/adapters/candles/read_candle_file.ts";
import { FolderCandleStore } from "../../../src/adapters/candles/store/folder_candle_store.ts";
import { loadTimeline } from "../../../src/sweep/load_timeline.ts";
import { storeCandles } from "../../../src/usecases/store_candles.ts";
import { continuousMarket } from "../../../tests/helpers/markets.ts";
import { peakMemoryMb } from "../machine.ts";

const instrument = { market_id: 1, symbol: "WALK" };
const [use = "nothing", file = "", folder = ""] = Deno.args;
await run();
console.log(JSON.stringify({ mb: await peakMb() }));

/** Linux counts the peak of who started a process among its own, but for this one. */
async function peakMb(): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
  const [, kb] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kb === undefined ? peakMemoryMb() : Number(kb) * 1024 / 1e6;
}

async function run(): Promise<void> {
  if (use === "nothing") return;
  if (use === "columns") return void await readCandleFile(file, { label: file });
  if (use === "import") {
    const candles = new StoredCandleFile({ path: file, label: file });
    const store = new FolderCandleStore(folder);
    return void await storeCandles({ file: candles, label: file, store, instrument, badRows: "refuse" });
  }
  const time_range = { start: "1970-01-01T00:00:00Z", end: "2100-01-01T00:00:00Z" };
  const template = { instrument_id: instrument, timeframe: use } as never;
  const candles = new FileCandleSource({ path: file, label: file });
  const bars = { candles, marketOf: () => ({ ...continuousMarket, calendar: "sessions" as const }) };
  await loadTimeline({ time_range, template, warmup_bars: 1, lookbacks: [] }, bars);
}
