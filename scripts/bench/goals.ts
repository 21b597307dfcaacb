import type { NamedResult } from "./benchmark.ts";

/** One figure of a benchmark and what it should be. */
export interface Goal {
  /** Name of the benchmark. */
  readonly of: string;
  readonly what: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly unit: string;
  /** The figure in that unit; undefined where the run has not measured it. */
  readonly measured: (result: NamedResult) => number | undefined;
}

/** What the engine is to reach on one machine with two cores, in the order of the benchmarks. */
export const goals: readonly Goal[] = [
  {
    of: "pairs",
    what: "10,000 pairs x 200,000 bars, all metrics, one thread",
    atMost: 0.8,
    unit: "s",
    measured: ({ median_ms }) => median_ms / 1000,
  },
  {
    of: "pairs",
    what: "the same on two threads",
    atMost: 0.45,
    unit: "s",
    measured: ({ figures }) => seconds(figures.two_threads_median_ms),
  },
  {
    of: "pairs",
    what: "times as fast as vectorbt",
    atLeast: 60,
    unit: "x",
    measured: ({ ratios }) => ratios.vectorbt,
  },
  {
    of: "pairs",
    what: "all metrics over the return alone, processor time",
    atMost: 1.3,
    unit: "x",
    measured: ({ figures }) => figures.all_over_return,
  },
  {
    of: "pairs",
    what: "all metrics over those of the kernels before branch and bound",
    atMost: 0.4,
    unit: "x",
    measured: ({ figures }) => figures.all_over_old,
  },
  {
    of: "pairs",
    what: "peak memory",
    atMost: 200,
    unit: "MB",
    measured: ({ figures }) => figures.peak_memory_mb,
  },
  {
    of: "rules",
    what: "two averages that cross, 10,000 pairs x 200,000 bars, over `pairs`",
    atMost: 1.3,
    unit: "x",
    measured: ({ figures }) => figures.of_pairs,
  },
  {
    of: "rules",
    what: "passes over a series for one more value of a threshold",
    atMost: 3,
    unit: "",
    measured: ({ figures }) => figures.threshold_passes,
  },
  {
    of: "rules",
    what: "compiling a strategy of 492 nodes",
    atMost: 20,
    unit: "ms",
    measured: ({ figures }) => figures.compile_ms,
  },
  {
    of: "rules",
    what: "10,000,000 combinations through `where`",
    atMost: 2,
    unit: "s",
    measured: ({ figures }) => seconds(figures.where_ms),
  },
  {
    of: "plane",
    what: "20 stops x 20 targets x 525,600 bars",
    atMost: 1,
    unit: "ms",
    measured: ({ median_ms }) => median_ms,
  },
  {
    of: "plane",
    what: 'Stage B of `preselect: "all"` over the ranked path',
    atMost: 1.1,
    unit: "x",
    measured: ({ figures }) => figures.preselect_all_over_ranked,
  },
  {
    of: "dense",
    what: "46,277 trades in 525,600 bars, per bar",
    atMost: 2,
    unit: "ns",
    measured: ({ figures }) => figures.ns_per_bar,
  },
  {
    of: "whole_job",
    what: "600,000 variants x 525,600 bars, file to committed rows, two threads",
    atMost: 10,
    unit: "s",
    measured: ({ median_ms }) => median_ms / 1000,
  },
  {
    of: "whole_job",
    what: "time beyond the compute module's",
    atMost: 10,
    unit: "%",
    measured: ({ figures }) => figures.overhead_percent,
  },
  {
    of: "whole_job",
    what: "peak memory",
    atMost: 450,
    unit: "MB",
    measured: ({ figures }) => figures.peak_memory_mb,
  },
  {
    of: "cold_start",
    what: "process start to first score",
    atMost: 150,
    unit: "ms",
    measured: ({ median_ms }) => median_ms,
  },
  {
    of: "cold_start",
    what: "size of the module",
    atMost: 64,
    unit: "KB",
    measured: ({ figures }) => figures.module_bytes! / 1024,
  },
];

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
