import { ClickHouseCandleTable } from "../adapters/clickhouse/candle_table.ts";
import { readClickHouseSettings } from "../adapters/clickhouse/settings.ts";
import { BacktestError } from "../core/errors/mod.ts";
import type { Log } from "../ports/log.ts";
import type { CandleOptions } from "./candles.ts";

/** A start may take 2 s in all; a server that is slower than this is treated as one that is down. */
const checkMs = 1000;

/**
 * Looks at the candle table of a ClickHouse that is going to be asked. Rejects with one `validation_error` when the
 * settings are wrong or the table cannot be used, which no waiting mends. A server that is only down does not keep
 * anything from starting: there is a warning, and the loads fail and are retried until it is back.
 */
export async function checkCandles(
  { env, config, candlesDirectory }: CandleOptions,
  log: Log,
): Promise<void> {
  if (candlesDirectory !== undefined || env.CH_HOST === undefined) return;
  const settings = readClickHouseSettings(env);
  const tables = config.candles.tables.map((table) =>
    new ClickHouseCandleTable(settings, { timeoutMs: checkMs, table })
  );
  try {
    await Promise.all(tables.map((table) => table.check()));
  } catch (error) {
    if (!(error instanceof BacktestError) || error.code !== "market_data_unavailable") throw error;
    log.warn("candles_unchecked", { reason: error.message });
  }
}
