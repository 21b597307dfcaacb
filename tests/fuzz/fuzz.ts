import fc from "fast-check";
import { type KernelRun, kernelRun } from "../helpers/kernel_run.ts";
import { kernelBench } from "../helpers/series.ts";
import { compareFastPath, type Coverage, type FastPath, fuzzCase, noCoverage } from "./fast_path.ts";

/** What a fuzz run is told. */
export interface FuzzOptions {
  readonly seed: number;
  readonly cases: number;
  /** No case is begun after that; none without it. */
  readonly seconds?: number;
  /** Repeats the one case a failure has named. */
  readonly path?: string;
  /** Makes a wrong fast path of the right one, for tests of this test. */
  readonly mutate?: (fast: FastPath, replay: KernelRun["replay"]) => FastPath;
}

/** How a fuzz run ended. */
export interface FuzzEnd {
  readonly cases: number;
  readonly elapsedMs: number;
  readonly coverage: Coverage;
  /** Null when fast path and replay agreed in every case. */
  readonly failure: FuzzFailure | null;
}

/** The smallest case found on which they differ. */
export interface FuzzFailure {
  /** What differs. */
  readonly message: string;
  /** With the seed it repeats the case. */
  readonly path: string;
  /** The case as JSON. */
  readonly counterexample: string;
}

/** Compares fast path and replay on random cases, the same ones for the same seed. */
export function fuzz({ seed, cases, seconds, path, mutate = (fast) => fast }: FuzzOptions): FuzzEnd {
  const run = kernelRun(kernelBench());
  const fast = mutate(run, run.replay);
  const coverage = noCoverage();
  const startedMs = performance.now();
  const property = fc.property(
    fuzzCase,
    (given) => compareFastPath(given, { fast, replay: run.replay, coverage }),
  );
  const details = fc.check(property, {
    seed,
    numRuns: cases,
    ...(path === undefined ? {} : { path, endOnFailure: true, numRuns: 1 }),
    ...(seconds === undefined
      ? {}
      : { interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false }),
  });
  const elapsedMs = performance.now() - startedMs;
  return { cases: details.numRuns, elapsedMs, coverage, failure: failureOf(details) };
}

/** The failure of a run of one property; null for none. */
export function failureOf<Case>(
  { counterexample, counterexamplePath, errorInstance }: fc.RunDetails<[Case]>,
): FuzzFailure | null {
  if (counterexample === null || counterexamplePath === null) return null;
  return {
    message: errorInstance instanceof Error ? errorInstance.message : String(errorInstance),
    path: counterexamplePath,
    counterexample: JSON.stringify(counterexample[0]),
  };
}
