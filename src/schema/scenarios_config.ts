import { z } from "zod";
import { shippedTemplates, weightTolerance } from "../core/scenario/mod.ts";

/** An integer from 1 up to a bound; the text of both is the same. */
function integerUpTo(max: number) {
  const text = `an integer 1..${max}`;
  return z.bigint(text).gte(1n, { error: text, abort: true }).lte(BigInt(max), text).transform(Number);
}

/** A number above 0 up to a bound. */
function numberUpTo(max: number) {
  const text = `a number > 0 and <= ${max}`;
  return z.union([z.number(), z.bigint()], text).transform(Number).pipe(
    z.number().gt(0, text).lte(max, text),
  );
}

const volatilityText = "a number 0..5";

const leg = z.strictObject({
  /** Strike as a multiple of the price on the day it is bought. */
  moneyness: numberUpTo(2),
  /** Share of all contracts. */
  weight: numberUpTo(1),
});

const template = z.strictObject({
  slug: z.string("a slug").regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "1 to 64 of a-z, 0-9 and -"),
  name: z.string("a text").trim().min(1, "a text").max(100, "a text of at most 100 characters"),
  tenor_days: integerUpTo(3660),
  roll: z.boolean("true or false").default(false),
  legs: z.array(leg, "a list of legs").max(5, "at most 5 legs"),
}).superRefine(({ legs }, context) => {
  const sum = legs.reduce((sum, { weight }) => sum + weight, 0);
  if (legs.length === 0 || Math.abs(sum - 1) <= weightTolerance) return;
  const message = `legs whose weights sum to 1, not to ${sum}`;
  context.addIssue({ code: "custom", path: ["legs"], message, input: legs.map(({ weight }) => weight) });
});

const templates = z.array(template, "a list of templates")
  .min(1, "a list with a template")
  .max(50, "at most 50 templates")
  .superRefine((templates, context) => {
    templates.forEach(({ slug }, at) => {
      if (templates.findIndex((other) => other.slug === slug) === at) return;
      const message = "a slug that no template before it has";
      context.addIssue({ code: "custom", path: [at, "slug"], message, input: slug });
    });
  });

/** The section `scenarios` of `backtest.yaml`. */
export const scenariosConfigSchema = z.strictObject({
  /** How far the last day of a scenario may lie from its first. */
  days_max: integerUpTo(36_600).default(3660),
  /** Yearly fraction, where a request says none. */
  volatility_default: z.union([z.number(), z.bigint()], volatilityText).transform(Number)
    .pipe(z.number().gte(0, volatilityText).lte(5, volatilityText)).default(0.2),
  /** Hedges that can be asked for. */
  templates: templates.default(() => shippedTemplates.map((one) => ({ ...one, legs: [...one.legs] }))),
});

/** What scenarios may ask for, and what they get that do not say. */
export type ScenariosConfig = z.output<typeof scenariosConfigSchema>;
