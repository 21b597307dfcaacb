import type { CProgram } from "./peers/c_program.ts";
import type { Vectorbt } from "./peers/vectorbt.ts";

/** `full` is what the figures in the docs are made of; `smoke` ends in a second or two and proves that it runs. */
export type Size = "full" | "smoke";

/** Other people's engines that were found on this machine; null where there is none. */
export interface Peers {
  readonly c: CProgram | null;
  readonly vectorbt: Vectorbt | null;
}

/** What a benchmark is given. */
export interface BenchmarkOptions {
  readonly peers: Peers;
}

/** A result with the name of its benchmark, as one line of JSON. */
export interface NamedResult extends BenchmarkResult {
  readonly name: string;
}

/** Some figures of a result side by side. */
export interface ResultTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What one benchmark measured. Everything in it was measured in the same run. */
export interface BenchmarkResult {
  readonly median_ms: number;
  readonly min_ms: number;
  readonly max_ms: number;
  /** How many times longer the named thing takes. */
  readonly ratios: Readonly<Record<string, number>>;
  /** SHA-256 of the result that was timed. */
  readonly hash: string;
  /** Other measured figures, unit last in the name. */
  readonly figures: Readonly<Record<string, number>>;
  /** The figures side by side, for people. */
  readonly tables?: readonly ResultTable[];
  /** What was run, on what, and how it was compared. */
  readonly conditions: Readonly<Record<string, unknown>>;
}

/** One workload. */
export interface Benchmark {
  /** Whether it compares with `Peers`; looking for them takes seconds. */
  readonly usesPeers: boolean;
  /** Rejects, and measures nothing, when the result is not the replay's. */
  run(size: Size, options: BenchmarkOptions): Promise<BenchmarkResult>;
}
