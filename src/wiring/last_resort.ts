import type { Log } from "../ports/log.ts";

/**
 * Keeps the process alive, and logs it, when something fails that nobody waits for: a rejection or an exception out of a
 * driver's own timers and sockets. What a job or a request was waiting for rejects by itself or runs into its deadline; every
 * write is fenced, so going on cannot spoil a result. Until disposed. Of several
 * in one process the first one logs.
 */
export function keepAlive(log: Log): Disposable {
  const onRejection = (event: PromiseRejectionEvent) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    log.error("unhandled_rejection", { error: event.reason });
  };
  const onError = (event: ErrorEvent) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    log.error("uncaught_error", { error: event.error ?? event.message });
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  globalThis.addEventListener("error", onError);
  return {
    [Symbol.dispose]() {
      globalThis.removeEventListener("unhandledrejection", onRejection);
      globalThis.removeEventListener("error", onError);
    },
  };
}
