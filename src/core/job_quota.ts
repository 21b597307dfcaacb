import { type BacktestError, validationError } from "./errors.ts";

/** The refusal of a new job whose owner already has `active` of `maxActive` jobs queued or running. */
export function quotaExceeded(active: number, maxActive: number): BacktestError {
  return validationError(`Active backtest jobs quota exceeded (max=${maxActive})`, [{
    path: "body",
    code: "quota_exceeded",
    message: `active jobs limit reached (${active}/${maxActive})`,
  }]);
}
