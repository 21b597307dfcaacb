import { Counter, Histogram, type Registry } from "prom-client";
import { BacktestError } from "../../core/errors/mod.ts";
import type { CandleSource } from "../../ports/candle_source.ts";
import type { Clock } from "../../ports/clock.ts";

// a file of a thousand rows takes milliseconds, a slow server up to its time limit
const buckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30, 60, 120];

/** How a load ended. */
const results = ["loaded", "none", "failed"] as const;
type Result = typeof results[number];

/**
 * The candle source, which counts its loads on `registry`. A load that is given up, because it takes too long or is not
 * wanted any more, has failed at that moment, whether the source notices or not. A source that has none of what was
 * asked for has not failed.
 */
export function measuredCandles(
  source: CandleSource,
  { registry, clock }: { readonly registry: Registry; readonly clock: Clock },
): CandleSource {
  const registers = [registry];
  const duration = new Histogram({
    name: "backtest_candle_load_duration_seconds",
    help: "One load of candles.",
    labelNames: ["result"],
    buckets,
    registers,
  });
  for (const result of results) duration.zero({ result });
  const rows = new Counter({ name: "backtest_candle_rows_total", help: "Candles loaded.", registers });
  return {
    async load(query, options = {}) {
      const startedMs = clock.monotonicMs();
      const over = new AbortController();
      const end = (result: Result) => {
        if (over.signal.aborted) return false;
        over.abort();
        duration.observe({ result }, (clock.monotonicMs() - startedMs) / 1000);
        return true;
      };
      options.signal?.addEventListener("abort", () => end("failed"), { signal: over.signal });
      try {
        const loaded = await source.load(query, options);
        if (end("loaded")) rows.inc(loaded.candles.tsOpenMs.length);
        return loaded;
      } catch (error) {
        if (error instanceof BacktestError && error.code === "no_candles") end("none");
        throw error;
      } finally {
        end("failed");
      }
    },
  };
}
