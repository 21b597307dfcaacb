import { InvalidArgumentError } from "commander";
import type { z } from "zod";
import { type DayStart, parseDayStart, timeframeMs } from "../core/bars/mod.ts";
import { BacktestError } from "../core/errors/mod.ts";
import { symbolSchema } from "../schema/symbol.ts";
import { timeframeSchema } from "../schema/timeframe.ts";
import { readWith } from "../schema/zod_issues.ts";

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
  return timeframeMs(parsedWith(timeframeSchema, text));
}

/** Parses a symbol; it comes back in capitals, as requests ask for it. */
export function symbol(text: string): string {
  return parsedWith(symbolSchema, text);
}

/** Reads an option with a schema; commander turns the error into exit code 2. */
export function parsedWith<T>(schema: z.ZodType<T>, text: string): T {
  const reading = readWith(schema, text);
  if (reading.ok) return reading.value;
  throw new InvalidArgumentError(`expected ${reading.findings[0]!.expected}, got "${text}"`);
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
