import fc from "fast-check";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { compareFolding, foldCase } from "./folding.ts";
import { failureOf, type FuzzEnd, type FuzzOptions } from "./fuzz.ts";

/** How a fuzz run of folding ended. */
export interface FoldingEnd extends Omit<FuzzEnd, "coverage"> {
  /** Variants that were folded into others in all cases; a fuzz that met none has not tested it. */
  readonly folded: number;
}

/** Folds random sweeps and compares with folding the list of their replayed variants, the same ones for the same seed. */
export async function fuzzFolding(
  { seed, cases, seconds, path }: Omit<FuzzOptions, "mutate">,
): Promise<FoldingEnd> {
  await using compute = createInProcessCompute();
  let folded = 0;
  const startedMs = performance.now();
  const property = fc.asyncProperty(foldCase, async (given) => {
    folded += (await compareFolding(given, compute)).folded;
  });
  const details = await fc.check(property, {
    seed,
    numRuns: cases,
    ...(path === undefined ? {} : { path, endOnFailure: true, numRuns: 1 }),
    ...(seconds === undefined
      ? {}
      : { interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false }),
  });
  return {
    cases: details.numRuns,
    elapsedMs: performance.now() - startedMs,
    folded,
    failure: failureOf(details),
  };
}
