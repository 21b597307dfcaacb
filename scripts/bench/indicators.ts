import { ARENA_BASE, COLUMN_SLACK } from "../../assembly/layout.ts";
import { planArena, reserveMemory } from "../../src/adapters/wasm/arena.ts";
import { kernelOf, seriesKernels } from "../../src/adapters/wasm/indicator_series.ts";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels } from "../../src/adapters/wasm/kernels.ts";
import type { AxisValues } from "../../src/adapters/wasm/series/series_kernel.ts";
import type { CandleColumns } from "../../src/core/bars/mod.ts";
import { catalogue, type IndicatorDefinition } from "../../src/core/catalogue/mod.ts";
import { isOracleValue } from "../../tests/oracle/closeness.ts";
import { indicatorSeries } from "../../tests/oracle/indicators.ts";
import type { Benchmark } from "./benchmark.ts";
import { peakMemoryMb } from "./machine.ts";
import { measure, type Times } from "./measure.ts";
import { randomWalk } from "./random_walk.ts";
import { resultHash } from "./result_hash.ts";

const sizes = { full: { bars: 50_000, runs: 15 }, smoke: { bars: 1_000, runs: 1 } } as const;

/** Every indicator of the catalogue with its usual parameters, against the readable oracle in TypeScript. */
export const indicators: Benchmark = {
  usesPeers: false,
  run(size) {
    return measureAll(sizes[size]);
  },
};

async function measureAll({ bars, runs }: { readonly bars: number; readonly runs: number }) {
  const candles = randomWalk(bars, 20_240_101);
  const bench = seriesBench(candles);
  const total = { median_ms: 0, min_ms: 0, max_ms: 0 };
  const ratios: Record<string, number> = {};
  const figures: Record<string, number> = {};
  const results: number[] = [];
  for (const definition of catalogue) {
    const { id } = definition;
    const values = usualValues(definition);
    const { times, result } = await measure(() => bench(id, values), { runs });
    const startedMs = performance.now();
    const expected = indicatorSeries(id, { candles, values });
    ratios[id] = (performance.now() - startedMs) / times.median_ms;
    requireEqual(result, { id, expected });
    figures[`${id}_ns_per_bar`] = (times.median_ms * 1e6) / bars;
    add(total, times);
    results.push(...result.subarray(-1000));
  }
  return {
    ...total,
    ratios,
    hash: resultHash(Float64Array.from(results)),
    figures: { ...figures, peak_memory_mb: peakMemoryMb() },
    conditions: {
      bars,
      indicators: catalogue.length,
      threads: 1,
      compared: "oracle in TypeScript, one run; peak memory includes it",
      hashed: "the last 1,000 values of each",
    },
  };
}

/** Computes one series over the candles; the answer is a view that the next call overwrites. */
function seriesBench(candles: CandleColumns): (id: string, values: AxisValues) => Float32Array {
  const kernels = instantiateKernels(kernelModule());
  const bars = candles.close.length;
  const column = (bars + COLUMN_SLACK) * 4;
  const scratch = Math.max(...Object.values(seriesKernels).map((kernel) => kernel.scratch)) * column * 2;
  const sources = { open: column, high: column, low: column, close: column, volume: column };
  const derived = { hl2: column, hlc3: column, ohlc4: column };
  const { at, end } = planArena({ ...sources, ...derived, target: column, scratch });
  reserveMemory(kernels.memory, Math.max(end, ARENA_BASE));
  for (const name of Object.keys(sources) as (keyof typeof sources)[]) {
    new Float32Array(kernels.memory.buffer, at[name], bars).set(candles[name]);
  }
  kernels.hl2(at.high, at.low, at.hl2, bars);
  kernels.hlc3(at.high, at.low, at.close, at.hlc3, bars);
  kernels.ohlc4(at.open, at.high, at.low, at.close, at.ohlc4, bars);
  const place = { column: (name: keyof typeof at) => at[name], target: at.target, scratch: at.scratch, bars };
  return (id, values) => {
    kernelOf(id).compute(kernels, values, place);
    return new Float32Array(kernels.memory.buffer, at.target, bars);
  };
}

function usualValues({ axes }: IndicatorDefinition): AxisValues {
  return Object.fromEntries(axes.map(({ name, single, sources }) => [name, single ?? sources?.[0] ?? 0]));
}

function requireEqual(
  actual: Float32Array,
  { id, expected }: { readonly id: string; readonly expected: readonly number[] },
): void {
  const bar = expected.findIndex((value, t) => !isOracleValue(id, { actual: actual[t]!, expected: value }));
  if (bar < 0) return;
  throw new Error(`Cannot trust ${id}: ${actual[bar]} at bar ${bar}, the oracle gives ${expected[bar]}`);
}

function add(total: { -readonly [Key in keyof Times]: number }, times: Times): void {
  total.median_ms += times.median_ms;
  total.min_ms += times.min_ms;
  total.max_ms += times.max_ms;
}
