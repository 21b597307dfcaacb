import { type BacktestError, validationError } from "./errors.ts";

/** The refusal of a new strategy whose owner already keeps `kept` of `max`. */
export function strategyQuotaExceeded(kept: number, max: number): BacktestError {
  return validationError(`Saved strategies quota exceeded (max=${max})`, [{
    path: "body",
    code: "quota_exceeded",
    message: `saved strategies limit reached (${kept}/${max})`,
  }]);
}
