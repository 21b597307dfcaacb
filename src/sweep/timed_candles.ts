import { BacktestError } from "../core/errors/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { Clock } from "../ports/clock.ts";
import { race } from "../ports/race.ts";

type Query = Parameters<CandleSource["load"]>[0];

/**
 * A candle source that cannot hang whoever waits for it. Rejects with `market_data_unavailable` when the source takes longer
 * than `timeoutSeconds`, and when the caller's signal aborts, whether the source takes notice of it or not.
 */
export function timedCandles(
  source: CandleSource,
  { clock, timeoutSeconds }: { readonly clock: Clock; readonly timeoutSeconds: number },
): CandleSource {
  return {
    async load(query, { signal } = {}) {
      const late = () => {
        throw candlesUnavailable(query, { reason: `no answer within ${timeoutSeconds} s` });
      };
      const aborted = () => {
        throw candlesUnavailable(query, { reason: "the caller has given up" });
      };
      const load = (over: AbortSignal) =>
        source.load(query, { signal: AbortSignal.any([over, ...(signal ? [signal] : [])]) });
      return await race(load, {
        deadline: { clock, ms: timeoutSeconds * 1000, late },
        ...(signal ? { abort: { signal, aborted } } : {}),
      });
    },
  };
}

/** `market_data_unavailable` of what was asked for, and why. */
export function candlesUnavailable(
  { instrument }: Query,
  { reason, cause }: { readonly reason: string; readonly cause?: unknown },
): BacktestError {
  const { market_id, symbol } = instrument;
  return new BacktestError(
    "market_data_unavailable",
    `Cannot load candles of market ${market_id} symbol "${symbol}": ${reason}`,
    { details: { market_id, symbol }, cause },
  );
}
