import type { Compute, ComputeSession } from "../../../src/ports/compute.ts";

/** A compute port that adds up how long its batches took. */
export interface TimedCompute extends Compute {
  /** Compute time of all batches so far, threads added up, in ms. */
  readonly busyMs: number;
}

/** Measures a compute port from outside; it behaves as before. */
export function timedCompute(compute: Compute): TimedCompute {
  let busyMs = 0;
  const counted = async <Answer extends { readonly elapsedMs: number }>(batch: Promise<Answer>) => {
    const answer = await batch;
    busyMs += answer.elapsedMs;
    return answer;
  };
  return {
    get busyMs() {
      return busyMs;
    },
    threads: compute.threads,
    async open(input): Promise<ComputeSession> {
      const session = await compute.open(input);
      return {
        scoreBase: (...batch) => counted(session.scoreBase(...batch)),
        scoreRisk: (...batch) => counted(session.scoreRisk(...batch)),
        replay: (variant) => session.replay(variant),
        digestTrades: (variants) => counted(session.digestTrades(variants)),
        report: (variant, wish) => session.report(variant, wish),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    },
    [Symbol.asyncDispose]: () => compute[Symbol.asyncDispose](),
  };
}
