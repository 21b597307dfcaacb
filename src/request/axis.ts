import { axisNumber, boundedList, nameSchema } from "./bounded.ts";
import type { AxisSpec } from "../core/grid/mod.ts";
import { axisNumberMax, explicitValuesMax, nameLengthMax } from "../core/limits/mod.ts";
import { z } from "zod";

const explicit = z.strictObject({
  mode: z.literal("explicit"),
  values: boundedList(z.union([axisNumber, nameSchema], { error: axisValueError }), {
    min: 1,
    max: explicitValuesMax,
  })
    .refine((values) => new Set(values).size === values.length, "a list of unique values"),
});

const range = z.strictObject({
  mode: z.literal("range"),
  start: axisNumber,
  stop_incl: axisNumber,
  step: z.number().gt(0).lte(axisNumberMax),
}).refine((axis) => axis.start <= axis.stop_incl, "a range with start <= stop_incl");

/** An axis of values or a range; `mode` may be left out where the other members tell it. */
export const axisSchema: z.ZodType<AxisSpec> = z.preprocess(
  withMode,
  z.discriminatedUnion("mode", [explicit, range], { error: axisError }),
);

function withMode(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) || "mode" in value) return value;
  if ("values" in value) return { mode: "explicit", ...value };
  return "start" in value ? { mode: "range", ...value } : value;
}

function axisValueError({ input }: z.core.$ZodRawIssue): string {
  if (typeof input !== "number" && typeof input !== "string") return "a number or a text";
  return `a number within ${axisNumberMax} or a text of at most ${nameLengthMax} characters`;
}

function axisError(issue: z.core.$ZodRawIssue): string {
  return issue.code === "invalid_union"
    ? "explicit or range"
    : "an axis {mode, values} or {mode, start, stop_incl, step}";
}
