import { z } from "zod";
import type { AxisSpec } from "../core/axis.ts";

const explicit = z.strictObject({
  mode: z.literal("explicit"),
  values: z.array(z.union([z.number(), z.string()], "a number or a text"))
    .min(1)
    .refine((values) => new Set(values).size === values.length, "a list of unique values"),
});

const range = z.strictObject({
  mode: z.literal("range"),
  start: z.number(),
  stop_incl: z.number(),
  step: z.number().gt(0),
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

function axisError(issue: z.core.$ZodRawIssue): string {
  return issue.code === "invalid_union"
    ? "explicit or range"
    : "an axis {mode, values} or {mode, start, stop_incl, step}";
}
