import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { BacktestError } from "../../core/errors/mod.ts";

/** How much one caller may ask: so many requests in a window that starts with the first of them. */
export interface RateLimit {
  readonly requests: number;
  readonly seconds: number;
  /** Ends the counting, and the timers that go with it. */
  readonly stop: AbortSignal;
}

/** How a caller stands after a request. */
export interface RateState {
  /** Requests of a window, and how long it is in s. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** Requests that are left in it, and whole seconds until the next one. */
  readonly remaining: number;
  readonly resetSeconds: number;
  /** This one was too many. */
  readonly exceeded: boolean;
}

/** Counts a request of a caller. */
export type TakeRate = (caller: string) => Promise<RateState>;

/** Counts requests in this process: behind a balancer each replica grants the limit. */
export function rateLimiter({ requests, seconds, stop }: RateLimit): TakeRate {
  const limiter = new RateLimiterMemory({ points: requests, duration: seconds });
  stop.addEventListener("abort", () => {
    for (const { key } of limiter.dump().storage) limiter.delete(key);
  }, { once: true });
  return async (caller) => {
    const { msBeforeNext, remainingPoints, exceeded } = await limiter.consume(caller).then(
      (taken) => ({ ...taken.toJSON(), exceeded: false }),
      (refused) => {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        return { ...refused.toJSON(), exceeded: true };
      },
    );
    return {
      limit: requests,
      windowSeconds: seconds,
      remaining: Math.max(0, remainingPoints),
      resetSeconds: Math.ceil(msBeforeNext / 1000),
      exceeded,
    };
  };
}

/**
 * What tells a caller how he stands: the headers of draft-ietf-httpapi-ratelimit-headers-06, which is what most packages
 * send and clients read.
 */
export function rateHeaders(state: RateState): Readonly<Record<string, string>> {
  return {
    "RateLimit-Policy": `${state.limit};w=${state.windowSeconds}`,
    "RateLimit-Limit": String(state.limit),
    "RateLimit-Remaining": String(state.remaining),
    "RateLimit-Reset": String(state.resetSeconds),
  };
}

/** The refusal of a request beyond the limit; `rate_limited`, saying when to come back. */
export function rateExceeded({ limit, windowSeconds, resetSeconds }: RateState): BacktestError {
  return new BacktestError(
    "rate_limited",
    `Too many requests: ${limit} in ${windowSeconds} s are allowed per user`,
    { details: { limit, retry_after_seconds: resetSeconds } },
  );
}
