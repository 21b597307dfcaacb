import { BacktestError } from "../errors/mod.ts";
import { scrub } from "../text/mod.ts";
import { isDate } from "./dates.ts";

/** How a vendor says that its data begin later than a request. */
const startsTooEarly = "data_start_before_available_start";
/** Signs of a vendor's refusal in the text of an error of its client. */
const vendorRefusal = /BentoClientError|\b422\b/;

/** Longest text that a page shows. */
const textLengthMax = 4000;

/**
 * What a user is told of a scenario that failed, without secrets: from when there are data where a source says so, that it
 * was the source where it was, else the error's own text. A stack is never part of it.
 */
export function scenarioErrorText(error: unknown): string {
  const message = scrub(error instanceof Error ? error.message : String(error)).slice(0, textLengthMax);
  const from = availableFrom(error, message);
  if (from !== undefined) {
    return from === null
      ? "Selected start date is before data is available for this dataset."
      : `Data not available before ${from}. Please set start date to ${from} or later.`;
  }
  const isOfSource = error instanceof BacktestError
    ? error.code === "market_data_unavailable" || error.code === "no_candles"
    : vendorRefusal.test(message);
  return isOfSource ? `Data source error: ${message}` : message;
}

/** The date from which there are data; null where a source says that there is one, undefined where it does not. */
function availableFrom(error: unknown, message: string): string | null | undefined {
  if (error instanceof BacktestError) {
    if (error.code !== "market_data_unavailable") return undefined;
    if ("available_from" in error.details) return dateIn(String(error.details.available_from));
  }
  if (!message.includes(startsTooEarly)) return undefined;
  // the request's own date may stand before it
  return dateIn(message.slice(message.lastIndexOf("available")));
}

function dateIn(text: string): string | null {
  const dates = text.match(/\b\d{4}-\d{2}-\d{2}(?!\d)/g) ?? [];
  return dates.find(isDate) ?? null;
}
