import { ClickHouseCandleSource } from "../../../src/adapters/clickhouse/candle_source.ts";
import { readCandleFile } from "../../../src/adapters/candles/read_candle_file.ts";
import type { CandleColumns, TimeRange } from "../../../src/core/bars/mod.ts";
import type { Benchmark, BenchmarkResult } from "../benchmark.ts";
import { measure, summary } from "../measure.ts";
import { resultHash } from "../result_hash.ts";
import { candleFiles, type CandleServer, candleServer, instrument } from "./candle_store.ts";
import { engineTime } from "./engine_time.ts";
import { memoryOfUses } from "./memory_of_uses.ts";
import { timeShapes } from "./time_shapes.ts";

const sizes = {
  full: { bars: 525_600, runs: 10, turns: 40, manyBars: 10_000_000 },
  smoke: { bars: 2000, runs: 1, turns: 1, manyBars: 2000 },
} as const;
const file = { label: "WALK", timeframeMs: 60_000 };

/** A year of minutes from ClickHouse to columns, beside the engine's own time, the wire's, and files of the same rows. */
export const candles: Benchmark = {
  usesPeers: false,
  async run(size) {
    const { bars, runs, turns, manyBars } = sizes[size];
    await using files = await candleFiles(bars);
    const csv = await measure(() => readCandleFile(files.csv, file), { runs });
    const parquet = await measure(() => readCandleFile(files.parquet, file), { runs });
    const expected = csv.result.series.candles;
    const shapes = await timeShapes(csv.result.series.candles, { runs });
    const memory = await memoryOfUses(manyBars);
    requireEqual({ what: "Parquet", columns: parquet.result.series.candles, expected });
    await using server = await candleServer(files.csv);
    const fromFiles = {
      csv_ms: csv.times.min_ms,
      parquet_ms: parquet.times.min_ms,
      ...shapes.figures,
      ...memory.figures,
    };
    const hash = resultHash(flat(expected));
    const conditions = {
      bars,
      runs,
      turns,
      figures_are: "the fastest run",
      compared: "the columns bit by bit, first",
    };
    const tables = [shapes.table, memory.table];
    if (server === null) {
      return withoutServer({ times: csv.times, hash, tables, figures: fromFiles, conditions });
    }
    const range = { startMs: files.firstMs, endMs: files.firstMs + bars * 60_000 };
    const found = await timeServer(server, { range, turns });
    requireEqual({ what: "ClickHouse", columns: found.columns, expected });
    const ours = summary(found.loadMs);
    const engine = {
      engine_query_ms: summary(found.engineMs).min_ms,
      engine_query_and_format_ms: summary(found.formatMs).min_ms,
      wire_alone_ms: summary(found.wireMs).min_ms,
    };
    const times: Record<string, number> = { load_ms: ours.min_ms, ...engine, ...fromFiles };
    return {
      ...ours,
      ratios: {
        engine_query: engine.engine_query_ms / ours.min_ms,
        wire_alone: engine.wire_alone_ms / ours.min_ms,
        csv: csv.times.min_ms / ours.min_ms,
        parquet: parquet.times.min_ms / ours.min_ms,
      },
      hash,
      figures: {
        ...times,
        load_per_engine_query: ours.min_ms / engine.engine_query_ms,
        load_per_wire_alone: ours.min_ms / engine.wire_alone_ms,
        rows_per_ms: bars / ours.min_ms,
        answer_bytes: found.bytes,
        import_ms: server.importMs,
      },
      tables: [...tables, {
        head: [`${bars} rows`, "ms", "of the engine's query"],
        rows: rowNames.map(([key, name]) => [name, times[key]!, times[key]! / engine.engine_query_ms]),
      }],
      conditions: {
        ...conditions,
        clickhouse: `${server.version}, in a process of its own on loopback`,
        engine_query: "the same query without its rows (FORMAT Null), as the engine itself measures it",
        wire_alone: "the same answer, its bytes thrown away",
        order: "load, engine_query and wire_alone take turns",
        import_ms: server.importMs,
      },
    };
  },
};

/** What is left on a machine without the engine. */
function withoutServer(
  { times, conditions, ...rest }:
    & Pick<BenchmarkResult, "hash" | "tables" | "figures" | "conditions">
    & { readonly times: Pick<BenchmarkResult, "median_ms" | "min_ms" | "max_ms"> },
): BenchmarkResult {
  const clickhouse = "left out: there is no engine; times are those of the CSV file";
  return { ...times, ratios: {}, ...rest, conditions: { ...conditions, clickhouse } };
}

const rowNames = [
  ["load_ms", "ClickHouse to columns"],
  ["engine_query_ms", "the engine's query, without rows"],
  ["engine_query_and_format_ms", "the engine's query, with rows written"],
  ["wire_alone_ms", "answer received and thrown away"],
  ["csv_ms", "CSV file to columns"],
  ["parquet_ms", "Parquet file to columns"],
] as const;

/** Loads and bare queries in turns, after one turn to warm up. */
async function timeServer(
  { settings }: CandleServer,
  { range, turns }: { readonly range: TimeRange; readonly turns: number },
) {
  const source = new ClickHouseCandleSource(settings, { timeoutMs: 60_000 });
  const turn = async () => {
    const startedMs = performance.now();
    const { candles } = await source.load({ instrument, range });
    const loadMs = performance.now() - startedMs;
    const bare = await engineTime(settings, { range, format: "Null" });
    const answer = await engineTime(settings, { range, format: "Native" });
    return {
      loadMs,
      engineMs: bare.engineMs,
      formatMs: answer.engineMs,
      wireMs: answer.wireMs,
      answer,
      candles,
    };
  };
  let last = await turn();
  const taken = [];
  for (let i = 0; i < turns; i++) taken.push(last = await turn());
  return {
    columns: last.candles,
    bytes: last.answer.bytes,
    loadMs: taken.map((turn) => turn.loadMs),
    engineMs: taken.map((turn) => turn.engineMs),
    formatMs: taken.map((turn) => turn.formatMs),
    wireMs: taken.map((turn) => turn.wireMs),
  };
}

interface Comparison {
  readonly what: string;
  readonly columns: CandleColumns;
  readonly expected: CandleColumns;
}

function requireEqual({ what, columns, expected }: Comparison): void {
  const [found, wanted] = [flat(columns), flat(expected)];
  const at = found.length === wanted.length ? found.findIndex((value, i) => !Object.is(value, wanted[i])) : 0;
  if (at >= 0) {
    throw new Error(`${what} gives other columns than the CSV file, from value ${at} of ${found.length}`);
  }
}

function flat({ tsOpenMs, open, high, low, close, volume }: CandleColumns): Float64Array {
  return Float64Array.from([tsOpenMs, open, high, low, close, volume].flatMap((column) => [...column]));
}
