import {
  axisNumberMax,
  cashMax,
  cashMin,
  costPctMax,
  membersMax,
  nameLengthMax,
  riskPctMax,
} from "../core/limits/mod.ts";
import { integerText } from "../schema/zod_issues.ts";
import { z } from "zod";

/** How many items a list has. */
interface ListSize {
  readonly min: 0 | 1;
  readonly max: number;
}

/**
 * A list of `min` to `max` items. Its length is looked at before any item is: a list that is too long costs one finding,
 * not one for each of its items.
 */
export function boundedList<T extends z.ZodType>(item: T, { min, max }: ListSize) {
  return z.preprocess((value, context) => {
    if (!Array.isArray(value) || value.length <= max) return value;
    context.issues.push({
      code: "too_big",
      origin: "array",
      maximum: max,
      inclusive: true,
      input: value,
      continue: false,
    });
    return z.NEVER;
  }, z.array(item).min(min).max(max));
}

/**
 * An object whose names the caller chooses, with at most {@link membersMax} members, looked at before any of them is. None
 * may be called `__proto__`, which zod leaves out without a word.
 */
export function boundedRecord<T extends z.ZodType>(member: T) {
  return boundedMembers(z.record(nameSchema, member));
}

/** The same of a schema for the whole object. */
export function boundedMembers<T extends z.ZodType>(object: T) {
  return z.preprocess((value, context) => {
    if (typeof value !== "object" || value === null) return value;
    if (Object.hasOwn(value, "__proto__")) {
      context.issues.push({
        code: "custom",
        path: ["__proto__"],
        params: { code: "extra_forbidden" },
        input: value,
        continue: false,
      });
      return z.NEVER;
    }
    if (Object.keys(value).length <= membersMax) return value;
    context.issues.push({
      code: "custom",
      message: `an object with at most ${membersMax} members`,
      params: { code: "too_long" },
      input: value,
      continue: false,
    });
    return z.NEVER;
  }, object).meta({ maxProperties: membersMax });
}

/** The name of an indicator, a parameter, a signal value or an input. */
export const nameSchema = z.string().min(1).max(nameLengthMax);

/** An integer above 0. */
export const positiveInteger = z.int({ error: integerError }).gt(0);

/** zod calls an integer field a number when what was sent is no number at all. */
function integerError(issue: z.core.$ZodRawIssue): string | undefined {
  return issue.code === "invalid_type" ? integerText : undefined;
}

/** A number of an axis. */
export const axisNumber = z.number().gte(-axisNumberMax).lte(axisNumberMax);

/** An amount of money. */
export const cashSchema = z.number().gte(cashMin).lte(cashMax);

/** A fee, in human percent. */
export const feePct = z.number().gte(0).lte(costPctMax);

/** A slippage, in human percent: with all of the price nothing could be sold at a price above 0. */
export const slippagePct = z.number().gte(0).lt(costPctMax);

/** A stop or a target, in human percent. */
export const riskPct = z.number().gte(0).lte(riskPctMax);

/** Members that may be left out, or be null, which means the same. */
export function optional<Shape extends z.ZodRawShape>(shape: Shape) {
  const members = Object.entries(shape).map(([name, member]) => [name, (member as z.ZodType).nullish()]);
  return Object.fromEntries(members) as { [Name in keyof Shape]: z.ZodOptional<z.ZodNullable<Shape[Name]>> };
}
