import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { BacktestError } from "../../core/errors.ts";
import type { Authenticate } from "../deps.ts";

/** How much one user may ask: so many requests in a window that starts with the first of them. */
export interface RateLimit {
  readonly requests: number;
  readonly seconds: number;
  /** Ends the counting, and the timers that go with it. */
  readonly stop: AbortSignal;
}

/**
 * Counts every request of a known caller; rejects with `rate_limited` beyond the limit, saying when to come back. The
 * count is this process's own: behind a balancer each replica grants the limit.
 */
export function rateLimited(
  authenticate: Authenticate,
  { requests, seconds, stop }: RateLimit,
): Authenticate {
  const limiter = new RateLimiterMemory({ points: requests, duration: seconds });
  stop.addEventListener("abort", () => {
    for (const { key } of limiter.dump().storage) limiter.delete(key);
  }, { once: true });
  return async (request) => {
    const caller = await authenticate(request);
    try {
      await limiter.consume(caller.userId);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw new BacktestError(
        "rate_limited",
        `Too many requests: ${requests} in ${seconds} s are allowed per user`,
        { details: { limit: requests, retry_after_seconds: Math.ceil(refused.msBeforeNext / 1000) } },
      );
    }
    return caller;
  };
}
