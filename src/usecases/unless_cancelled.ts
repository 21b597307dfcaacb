import { cancelledRun, type Stage } from "../core/job/mod.ts";

/** Throws `cancelledRun` once the signal, whose reason is a text, has aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined, stage: Stage): void {
  if (signal?.aborted) throw cancelledRun(String(signal.reason), stage);
}

/** The work's result; what it rejects with once the run is cancelled is of no interest. */
export async function unlessCancelled<T>(
  { signal, stage }: { readonly signal: AbortSignal | undefined; readonly stage: Stage },
  work: () => Promise<T>,
): Promise<T> {
  throwIfCancelled(signal, stage);
  try {
    return await work();
  } catch (error) {
    throwIfCancelled(signal, stage);
    throw error;
  }
}
