import type { Clock } from "./clock.ts";

/** What ends the wait for work: time, a signal, or whichever of them comes first. */
export interface RaceAgainst<Other> {
  readonly deadline?: {
    readonly clock: Pick<Clock, "sleep">;
    readonly ms: number;
    /** Makes what is returned instead, or throws. */
    late(): Other;
  };
  readonly abort?: {
    readonly signal: AbortSignal;
    /** Makes what is returned instead, or throws. */
    aborted(): Other;
  };
}

/**
 * The result of work, or what its deadline or its signal makes when that comes first. The work is not stopped, only no
 * longer waited for, and what becomes of it then is of no interest; its own signal aborts as soon as the race is over.
 * Leaves neither timer nor listener behind.
 */
export async function race<Result, Other = never>(
  work: (over: AbortSignal) => Promise<Result>,
  { deadline, abort }: RaceAgainst<Other>,
): Promise<Result | Other> {
  const over = new AbortController();
  const other = Promise.withResolvers<Other>();
  const end = (instead: () => Other) => {
    if (!over.signal.aborted) other.resolve(Promise.try(instead));
  };
  try {
    const working = work(over.signal);
    if (abort) {
      abort.signal.addEventListener("abort", () => end(abort.aborted), { once: true, signal: over.signal });
      if (abort.signal.aborted) end(abort.aborted);
    }
    if (deadline) void deadline.clock.sleep(deadline.ms, over.signal).then(() => end(deadline.late));
    return await Promise.race([working, other.promise]);
  } finally {
    over.abort();
  }
}

/** Resolves when the signal aborts. */
export async function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
