/**
 * The work's result, or the error `reason` makes as soon as the signal aborts. The work is not stopped, only no longer
 * waited for; what becomes of it then is of no interest.
 */
export async function unlessAborted<T>(
  work: Promise<T>,
  options: { readonly signal: AbortSignal; readonly reason: () => Error },
): Promise<T> {
  const { signal, reason } = options;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(reason());
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
    work.catch(() => {});
  }
}
