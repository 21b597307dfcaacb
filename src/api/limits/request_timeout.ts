import { BacktestError } from "../../core/errors/mod.ts";
import type { Clock } from "../../ports/clock.ts";
import { race } from "../../ports/race.ts";
import type { ApiContext } from "../endpoint.ts";

/** How long an answer may take. */
export interface RequestTimeout {
  readonly maxSeconds: number;
  readonly clock: Clock;
  /** Requests with a deadline of their own. */
  isExempt(c: ApiContext): boolean;
}

/**
 * Answers `overloaded` when a handler takes too long to begin its answer; what it was doing then comes to nothing, which `refused` tells it. A
 * stream may go on for as long as it likes.
 */
export function requestTimeout({ maxSeconds, clock, isExempt }: RequestTimeout) {
  return async (c: ApiContext, next: () => Promise<void>) => {
    const refused = new AbortController();
    c.set("refused", refused.signal);
    if (isExempt(c)) return await next();
    const late = () => {
      refused.abort();
      throw new BacktestError("overloaded", `Cannot answer within ${maxSeconds} s: try again later`, {
        details: { max_seconds: maxSeconds, retry_after_seconds: 1 },
      });
    };
    await race(next, { deadline: { clock, ms: maxSeconds * 1000, late } });
  };
}
