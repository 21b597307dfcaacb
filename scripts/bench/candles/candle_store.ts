import { parquetWriteBuffer } from "hyparquet-writer";
import { ClickHouseCandleTable } from "../../../src/adapters/clickhouse/candle_table.ts";
import type { ClickHouseSettings } from "../../../src/adapters/clickhouse/settings.ts";
import { StoredCandleFile } from "../../../src/adapters/candles/candle_file.ts";
import { readCandleFile } from "../../../src/adapters/candles/read_candle_file.ts";
import { systemClock } from "../../../src/adapters/system/clock.ts";
import { importCandles } from "../../../src/usecases/import_candles.ts";
import { clickHouseEngine, startClickHouse } from "../../../tests/helpers/clickhouse.ts";
import { candleFolder } from "../whole_job/candle_folder.ts";

/** Where the benchmark's rows are. */
export const instrument = { market_id: 1, symbol: "WALK" };

/** The same candles as a CSV file and as a Parquet file. */
export interface CandleFiles extends AsyncDisposable {
  readonly csv: string;
  readonly parquet: string;
  /** Open time of the first candle. */
  readonly firstMs: number;
}

/** Writes a random walk of minutes into both files; removed when disposed of. */
export async function candleFiles(bars: number): Promise<CandleFiles> {
  const folder = await candleFolder(bars);
  const csv = `${folder.directory}/1/WALK.csv`;
  const parquet = `${folder.directory}/1/WALK.parquet`;
  const { series: { candles } } = await readCandleFile(csv, { label: "WALK", timeframeMs: 60_000 });
  const { tsOpenMs, ...values } = candles;
  const columnData = Object.entries(values).map(([name, data]) => ({ name, data, type: "FLOAT" as const }));
  const times = BigInt64Array.from(tsOpenMs, BigInt);
  const bytes = parquetWriteBuffer({
    columnData: [{ name: "ts_open", data: times, type: "INT64" }, ...columnData],
    rowGroupSize: 65_536,
  });
  await Deno.writeFile(parquet, new Uint8Array(bytes));
  return {
    csv,
    parquet,
    firstMs: folder.firstMs,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** A ClickHouse engine that has the candles. */
export interface CandleServer extends AsyncDisposable {
  readonly settings: ClickHouseSettings;
  readonly version: string;
  /** How long the import of the file took. */
  readonly importMs: number;
}

/** Starts an engine and imports the file; null where there is none, the reason on stderr. */
export async function candleServer(csv: string): Promise<CandleServer | null> {
  const folder = await clickHouseEngine();
  if (folder === null) return null;
  const server = await startClickHouse(folder);
  const settings = { ...server.settings, database: "bench" };
  const startedMs = performance.now();
  await importCandles({
    file: new StoredCandleFile({ path: csv, label: "WALK" }),
    label: "WALK",
    table: new ClickHouseCandleTable(settings, { timeoutMs: 60_000 }),
    instrument,
    timeframeMs: 60_000,
    badRows: "refuse",
    createTable: true,
    clock: systemClock(),
  });
  return {
    settings,
    version: (await server.run("SELECT version()")).trim(),
    importMs: performance.now() - startedMs,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
