import process from "node:process";
import { ClickHouseCandleSource } from "../../src/adapters/clickhouse/candle_source.ts";
import { readClickHouseSettings } from "../../src/adapters/clickhouse/settings.ts";

// How much memory a load takes: load_memory.ts FIRST_MS MINUTES, over CH_*. Prints one JSON object.

const [firstMs, minutes] = process.argv.slice(2).map(Number) as [number, number];
const source = new ClickHouseCandleSource(readClickHouseSettings(process.env), { timeoutMs: 60_000 });
const load = (rows: number) =>
  source.load({
    instrument: { market_id: 1, symbol: "BTCUSDT" },
    range: { startMs: firstMs, endMs: firstMs + rows * 60_000 },
  });

await load(1);
const before = process.resourceUsage().maxRSS;
const { candles } = await load(minutes);
const columnsMb = Object.values(candles).reduce((bytes, { byteLength }) => bytes + byteLength, 0) / 1e6;
const growthMb = (process.resourceUsage().maxRSS - before) * 1024 / 1e6;
console.log(JSON.stringify({ rows: candles.close.length, columnsMb, growthMb }));
