/** Times of several runs of the same work. */
export interface Times {
  readonly median_ms: number;
  readonly min_ms: number;
  readonly max_ms: number;
}

/** Runs the work once to warm up and then `runs` times, one after the other; returns the times and the last result. */
export async function measure<Result>(
  work: () => Result | Promise<Result>,
  { runs }: { readonly runs: number },
): Promise<{ readonly times: Times; readonly result: Result }> {
  let result = await work();
  const elapsedMs: number[] = [];
  for (let run = 0; run < runs; run++) {
    const startedMs = performance.now();
    result = await work();
    elapsedMs.push(performance.now() - startedMs);
  }
  return { times: summary(elapsedMs), result };
}

/** Median, smallest and largest of at least one time. */
export function summary(elapsedMs: readonly number[]): Times {
  const sorted = elapsedMs.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return {
    median_ms: (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2,
    min_ms: sorted[0]!,
    max_ms: sorted[sorted.length - 1]!,
  };
}
