import { InvalidArgumentError } from "commander";
import { type DayStart, parseDayStart, type Timeframe, timeframeMs, timeframes } from "../core/bars/mod.ts";
import { BacktestError } from "../core/errors/mod.ts";

/** Parses an option as an integer > 0; commander turns the error into exit code 2. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new InvalidArgumentError(`expected an integer > 0, got "${text}"`);
  }
  return value;
}

/** Parses a TCP port, 1..65535. */
export function port(text: string): number {
  const value = positiveInteger(text);
  if (value > 65_535) throw new InvalidArgumentError(`expected a port 1..65535, got "${text}"`);
  return value;
}

/** Parses a TCP port to listen on, 0..65535; 0 is any free one. */
export function listenPort(text: string): number {
  return text.trim() === "0" ? 0 : port(text);
}

/** Parses a timeframe name into milliseconds. */
export function timeframe(text: string): number {
  if (!timeframes.includes(text as Timeframe)) {
    throw new InvalidArgumentError(`expected one of ${timeframes.join(", ")}, got "${text}"`);
  }
  return timeframeMs[text as Timeframe];
}

/** Parses a time and a zone such as `17:00 America/New_York`. */
export function dayStart(text: string): DayStart {
  try {
    return parseDayStart(text, "day_start");
  } catch (error) {
    if (error instanceof BacktestError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
