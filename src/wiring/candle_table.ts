import { ClickHouseCandleTable } from "../adapters/clickhouse/candle_table.ts";
import { clickHouseAddress } from "../adapters/clickhouse/client.ts";
import { readClickHouseSettings } from "../adapters/clickhouse/settings.ts";
import { minuteTable, type TimeframeTable } from "../adapters/clickhouse/timeframe_table.ts";
import type { CandleTable } from "../ports/candle_table.ts";
import type { Environment } from "./environment.ts";

/** For people who wait: a statement writes 20,000 rows at most. */
const callMs = 120_000;

/** A candle table of the server the environment names, with its full name. Throws when a `CH_*` variable is wrong. */
export function openCandleTable(
  env: Environment,
  table: TimeframeTable = minuteTable,
): { readonly table: CandleTable; readonly name: string } {
  const settings = readClickHouseSettings(env);
  return {
    table: new ClickHouseCandleTable(settings, { timeoutMs: callMs, table }),
    name: `${settings.database}.${table.name} at ${clickHouseAddress(settings)}`,
  };
}
