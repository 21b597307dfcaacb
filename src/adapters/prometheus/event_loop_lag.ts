import { Histogram, type Registry } from "prom-client";
import type { Clock } from "../../ports/clock.ts";

const intervalMs = 250;
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Measures on `registry` how late timers of this thread run, until it is disposed of. */
export function measureEventLoopLag(
  { registry, clock }: { readonly registry: Registry; readonly clock: Clock },
): AsyncDisposable {
  const lag = new Histogram({
    name: "backtest_event_loop_lag_seconds",
    help: "How much later than due a timer ran.",
    buckets,
    registers: [registry],
  });
  const stopped = new AbortController();
  const running = (async () => {
    while (!stopped.signal.aborted) {
      const dueMs = clock.monotonicMs() + intervalMs;
      await clock.sleep(intervalMs, stopped.signal);
      if (!stopped.signal.aborted) lag.observe(Math.max(0, clock.monotonicMs() - dueMs) / 1000);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await running;
    },
  };
}
