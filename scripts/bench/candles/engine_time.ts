import { candleQuery } from "../../../src/adapters/clickhouse/candle_query.ts";
import { minuteTable } from "../../../src/adapters/clickhouse/timeframe_table.ts";
import { clickHouseAddress } from "../../../src/adapters/clickhouse/client.ts";
import type { ClickHouseSettings } from "../../../src/adapters/clickhouse/settings.ts";
import type { TimeRange } from "../../../src/core/bars/mod.ts";
import { instrument } from "./candle_store.ts";

/** One asking of the query of a load, without our reading of it. */
export interface EngineTime {
  /** What the engine says that it took. */
  readonly engineMs: number;
  /** From the question to the last byte, thrown away. */
  readonly wireMs: number;
  readonly bytes: number;
}

/** Asks the query of a load, with its rows in a format (`Null` for none). */
export async function engineTime(
  settings: ClickHouseSettings,
  { range, format }: { readonly range: TimeRange; readonly format: "Null" | "Native" },
): Promise<EngineTime> {
  const url = new URL(`http://${clickHouseAddress(settings)}`);
  const parameters = { ...instrument, start: range.startMs, end: range.endMs };
  for (const [name, value] of Object.entries(parameters)) {
    url.searchParams.set(`param_${name}`, String(value));
  }
  url.searchParams.set("database", settings.database);
  url.searchParams.set("wait_end_of_query", "1");
  const startedMs = performance.now();
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${settings.user}:${settings.password}`)}` },
    body: `${candleQuery(minuteTable)}\nFORMAT ${format}`,
  });
  if (!response.ok) throw new Error(await response.text());
  let bytes = 0;
  for await (const piece of response.body ?? []) bytes += piece.length;
  const wireMs = performance.now() - startedMs;
  const summary = JSON.parse(response.headers.get("x-clickhouse-summary") ?? "{}");
  return { engineMs: Number(summary.elapsed_ns) / 1e6, wireMs, bytes };
}
