import { BacktestError, validationError } from "../errors/mod.ts";
import type { ScenarioTerms } from "./terms.ts";

/** A day on which something cannot be worked out. */
export interface ValueFault {
  readonly symbol: string;
  readonly date: string;
  readonly what: string;
}

/** `validation_error` of a price or a figure that is no number to go on with. */
export function cannotValue({ symbol, date, what }: ValueFault): BacktestError {
  return refused("candles", `Cannot value ${symbol} on ${date}: ${what}`);
}

/** `validation_error` of a loan that would be called on its first day. */
export function calledAtEntry(ltv: number, { margin_call_ltv }: ScenarioTerms): BacktestError {
  return refused(
    "body.margin_call_ltv",
    `Cannot start: LTV at entry is ${ltv}, the margin call is at ${margin_call_ltv}`,
  );
}

/** `validation_error` of a hedge for which there is not one whole contract. */
export function cannotHedge({ underlying_units, contract_size }: ScenarioTerms): BacktestError {
  return refused(
    "body.underlying_units",
    `Cannot hedge ${underlying_units} units with contracts of ${contract_size}`,
  );
}

/** `no_candles` of a range without a day. */
export function noDay(
  { symbol, start_date, end_date }: Pick<ScenarioTerms, "symbol" | "start_date" | "end_date">,
  options: { readonly cause?: BacktestError } = {},
): BacktestError {
  return new BacktestError(
    "no_candles",
    `no daily candle of ${symbol} from ${start_date} to ${end_date}`,
    options.cause === undefined ? {} : { details: options.cause.details, cause: options.cause },
  );
}

function refused(path: string, message: string): BacktestError {
  return validationError(message, [{ path, code: "value_error", message }]);
}
