import type { Clock } from "../../ports/clock.ts";

// a longer timeout would be taken as 1 ms
const timeoutMaxMs = 2 ** 31 - 1;

/** The machine's clocks. A sleep that is aborted leaves neither timer nor listener behind. */
export function systemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    sleep,
  };
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", wake);
    resolve();
  };
  const timer = setTimeout(wake, Math.min(ms, timeoutMaxMs));
  signal?.addEventListener("abort", wake);
  return promise;
}
