import type { Benchmark } from "./benchmark.ts";

/**
 * All benchmarks, in the order in which they run. Each is loaded alone, so that none carries the code of the others in
 * its memory.
 */
export const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  pairs: async () => (await import("./pairs.ts")).pairs,
  rules: async () => (await import("./rules.ts")).rules,
  plane: async () => (await import("./plane.ts")).plane,
  dense: async () => (await import("./dense.ts")).dense,
  whole_job: async () => (await import("./whole_job/whole_job_benchmark.ts")).wholeJob,
  optimization: async () => (await import("./optimization/optimization_benchmark.ts")).optimization,
  indicators: async () => (await import("./indicators.ts")).indicators,
  cold_start: async () => (await import("./cold_start.ts")).coldStart,
  queue: async () => (await import("./queue/queue_benchmark.ts")).benchmark,
  api: async () => (await import("./api/api_benchmark.ts")).benchmark,
  candles: async () => (await import("./candles/candles_benchmark.ts")).candles,
};
