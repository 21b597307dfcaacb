import { cancelledRun, type Stage } from "../core/job/mod.ts";

/** Throws `cancelledRun` once the signal, whose reason is a text, has aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined, stage: Stage): void {
  if (signal?.aborted) throw cancelledRun(String(signal.reason), stage);
}

/** Work before the first stage; what it rejects with once the run is cancelled is of no interest. */
export async function unlessCancelled<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  throwIfCancelled(signal, "stage_a");
  try {
    return await work();
  } catch (error) {
    throwIfCancelled(signal, "stage_a");
    throw error;
  }
}
