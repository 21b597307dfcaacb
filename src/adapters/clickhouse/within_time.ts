/** Thrown when work took longer than it may. */
export class LateError extends Error {
  readonly timeoutMs: number;

  /** `timeoutMs` is what the work had; `cause` what it ended with. */
  constructor(timeoutMs: number, cause: unknown) {
    super(`no end within ${timeoutMs} ms`, { cause });
    this.timeoutMs = timeoutMs;
  }
}

/** How long work may take, and who else may end it. */
export interface TimeLimit {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs work that ends when its signal does: after `timeoutMs` with a {@link LateError}, or with the caller's reason when
 * he stops. What the work throws by itself comes as it is.
 */
export async function withinTime<Result>(
  { timeoutMs, signal }: TimeLimit,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  try {
    return await work(AbortSignal.any([late.signal, ...(signal ? [signal] : [])]));
  } catch (error) {
    signal?.throwIfAborted();
    throw late.signal.aborted ? new LateError(timeoutMs, error) : error;
  } finally {
    clearTimeout(timer);
  }
}
