import { z } from "zod";
import { validationError } from "../core/errors/mod.ts";
import { knownInstead } from "../core/text/mod.ts";
import { type Finding, readWith } from "../schema/zod_issues.ts";
import { candleColumnNames, isColumn } from "./embedded_candles.ts";
import type { EmbeddedSweep } from "./embedded_sweep.ts";
import { kindOf } from "./kind_of.ts";

const column = z.custom<unknown>(isColumn, "an array of numbers or a typed array of them");

const argumentsSchema = z.strictObject({
  wasm: z.custom<unknown>(isBuffer, "the bytes of build/backtest.wasm, an ArrayBuffer or a view of one"),
  request: z.string("a JSON text"),
  candles: z.strictObject({
    ...Object.fromEntries(candleColumnNames.map((name) => [name, column])),
    further: z.record(z.string(), column, "an object of columns by name").optional(),
  }),
  timeframeMs: z.int("a whole number of ms").gt(0, "a whole number of ms above 0"),
  calendar: z.enum(["continuous", "sessions"], "continuous or sessions").optional(),
  dayStart: z.string("a text such as 17:00 America/New_York").optional(),
  partialLastBar: z.enum(["skip", "trade"], "skip or trade").optional(),
  config: z.string("the text of backtest.yaml"),
  grids: z.string("the text of indicators.yaml"),
  signal: z.custom<unknown>(isSignal, "an AbortSignal").optional(),
});

/**
 * Throws a `validation_error` when what `embeddedSweep` was called with is not an {@link EmbeddedSweep}: its message
 * names the first member that is missing, unknown or of another type, its details all of them. Texts and the contents of
 * columns are read later.
 */
export function checkArguments(sweep: unknown): asserts sweep is EmbeddedSweep {
  const reading = readWith(argumentsSchema, sweep);
  if (reading.ok) return;
  const items = reading.findings.map((finding) => ({
    path: finding.path,
    code: finding.code,
    message: sentence(finding),
  }));
  const more = items.length > 1 ? ` (and ${items.length - 1} more)` : "";
  throw validationError(`Cannot sweep: ${items[0]!.message}${more}`, items);
}

function sentence({ path, expected, value, unknown }: Finding): string {
  if (unknown !== undefined) {
    return `${path} is not a known member${knownInstead(unknown.name, unknown.known)}`;
  }
  return `${path || "the argument of embeddedSweep"} must be ${expected}, got ${kindOf(value)}`;
}

function isBuffer(value: unknown): boolean {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

function isSignal(value: unknown): boolean {
  return typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value;
}
