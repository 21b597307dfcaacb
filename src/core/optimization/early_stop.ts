import type { EarlyStopPolicy } from "./optimization.ts";

/** Whether a value is good enough; a missing one never is. */
export function meetsThreshold({ mode, threshold }: EarlyStopPolicy, value: number | null): boolean {
  if (value === null) return false;
  return mode === "max" ? value >= threshold : value <= threshold;
}

/**
 * The first task that stops the sweep, by its `seq`; null for none yet. Of tasks that are finished in any order only those
 * count before which all are finished, from `firstSeq` on: so it is the same one whoever was quicker.
 */
export function stoppingTask(
  policy: EarlyStopPolicy,
  { firstSeq, scores }: {
    readonly firstSeq: number;
    /** Of the finished tasks, by `seq`. */
    readonly scores: ReadonlyMap<number, number | null>;
  },
): number | null {
  for (let seq = firstSeq; scores.has(seq); seq++) {
    if (meetsThreshold(policy, scores.get(seq)!)) return seq;
  }
  return null;
}
