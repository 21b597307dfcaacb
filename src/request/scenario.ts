import { z } from "zod";
import { cashMax, timeLengthMax } from "../core/limits/mod.ts";
import { dayOfDate, isDate, type PutTemplate, type ScenarioTerms } from "../core/scenario/mod.ts";
import { symbolSchema } from "../schema/symbol.ts";
import { numberOrRealizedText } from "../schema/zod_issues.ts";
import { boundedList, positiveInteger } from "./bounded.ts";
import { type BodyGrammar, bodyOf } from "./parse.ts";
import { withoutNulls } from "./without_nulls.ts";

/** A scenario with every default in force: what is run, and what is stored. */
export interface ScenarioRequest extends ScenarioTerms {
  readonly market_id: number;
  /** The template that the summary is of. */
  readonly template_slug: string;
  /** Further ones, in the order of the results. */
  readonly compare_with: readonly string[];
}

/** What a config lets scenarios ask for. */
export interface ScenarioBounds {
  readonly templates: readonly PutTemplate[];
  readonly days_max: number;
  readonly volatility_default: number;
}

/** Templates beside the first one. */
const comparedMax = 9;

/** The body of a scenario; what it leaves out is filled in. */
export function scenarioBody(bounds: ScenarioBounds): BodyGrammar<ScenarioRequest> {
  const schema = bodySchema(bounds);
  const grammar = bodyOf(schema);
  return {
    schema,
    read(value) {
      const { pricing = {}, ...sent } = withoutNulls(grammar.read(value));
      return {
        ...usual,
        ...sent,
        pricing: { ...usualPricing, volatility: bounds.volatility_default, ...pricing },
      };
    },
  };
}

const usual = {
  compare_with: [] as readonly string[],
  data_source: "candles",
  contract_size: 100,
  loan_rate_pct: 0,
  check: "close",
} as const;

const usualPricing = { risk_free_rate: 0.04, dividend_yield: 0 };

const date = z.string().max(timeLengthMax, { abort: true }).refine(isDate, {
  error: "a date like 2026-01-05",
  params: { code: "date_parsing" },
  abort: true,
});

const amount = z.number().gt(0).lte(cashMax);
const rate = z.number().gte(-0.5).lte(0.5);

const pricing = z.strictObject({
  volatility: z.union([z.number().gte(0).lte(5), z.literal("realized")], numberOrRealizedText)
    .nullish().describe("A yearly fraction, or the deviation of the last 60 daily returns"),
  risk_free_rate: rate.nullish().describe("A continuous yearly fraction, 0.04 unless given"),
  dividend_yield: rate.nullish().describe("The same of what the underlying pays, 0 unless given"),
});

function bodySchema({ templates, days_max }: ScenarioBounds) {
  const slug = z.enum(templates.map(({ slug }) => slug));
  return z.strictObject({
    symbol: symbolSchema,
    market_id: positiveInteger.max(65_535),
    start_date: date,
    end_date: date.describe(`Included; after start_date, by at most ${days_max} days`),
    template_slug: slug.describe("What the summary is of"),
    compare_with: boundedList(slug, { min: 0, max: comparedMax }).nullish()
      .describe("Further templates to work out, none twice"),
    underlying_units: amount,
    loan_amount: amount,
    margin_call_ltv: z.number().gt(0).lt(1).describe("Loan to value at which the lender calls"),
    data_source: z.literal("candles").nullish(),
    pricing: pricing.nullish(),
    contract_size: positiveInteger.max(100_000).nullish().describe("Units per contract, 100 unless given"),
    loan_rate_pct: z.number().gte(0).lte(100).nullish()
      .describe("Simple interest on the loan in percent a year, none unless given"),
    check: z.enum(["close", "low"]).nullish().describe(
      "Which price of a day decides, the close unless given",
    ),
  }).superRefine((body, context) => {
    const refuse = (
      path: readonly (string | number)[],
      { message, input }: { message: string; input: unknown },
    ) => context.addIssue({ code: "custom", path: [...path], message, input });
    const days = dayOfDate(body.end_date) - dayOfDate(body.start_date);
    if (days <= 0) refuse(["end_date"], { message: `a date after ${body.start_date}`, input: body.end_date });
    if (days > days_max) {
      refuse(["end_date"], {
        message: `a date at most ${days_max} days after ${body.start_date}`,
        input: body.end_date,
      });
    }
    const asked = [body.template_slug, ...body.compare_with ?? []];
    asked.forEach((slug, at) => {
      if (asked.indexOf(slug) === at) return;
      refuse(["compare_with", at - 1], { message: "a template that is not asked for already", input: slug });
    });
  });
}
