import type { PrepareOptions } from "../sweep/prepare.ts";
import { guardedCandles } from "./guarded_candles.ts";
import type { WorkerDeps } from "./job_context.ts";

/** What a stored request is prepared with, whoever works on it. */
export function preparing(
  { candles, clock, defaults, marketOf, settings }: WorkerDeps,
  { userId, signal }: { readonly userId: string; readonly signal: AbortSignal },
): PrepareOptions {
  const { guards, preselectDefault, loadTimeoutSeconds: timeoutSeconds } = settings;
  return {
    candles: guardedCandles(candles, { clock, timeoutSeconds }),
    defaults,
    guards,
    preselectDefault,
    marketOf,
    stored: true,
    userId,
    signal,
  };
}
