import { z } from "zod";
import { BacktestError, type ErrorItem, refusal, validationError } from "../core/errors/mod.ts";
import { compareCodePoints, knownInstead, shown } from "../core/text/mod.ts";
import { directionModes, sizingModes } from "../core/execution/mod.ts";
import { gridsMax } from "../core/limits/mod.ts";
import { requestBodySchema, type SentRequest } from "./body.ts";
import { axisNumber, boundedList, boundedRecord, nameSchema, riskPct } from "./bounded.ts";
import { type BodyGrammar, readBody, toSent } from "./parse.ts";
import { type BacktestTemplate, executionSchema } from "./template.ts";
import { withoutNulls } from "./without_nulls.ts";

const percent = riskPct.nullable();

/** Stop and target as one value each; null for off. */
export const riskParamsSchema = z.strictObject({
  sl_enabled: z.boolean(),
  sl_pct: percent,
  tp_enabled: z.boolean(),
  tp_pct: percent,
}).superRefine((risk, context) => {
  for (const side of ["sl", "tp"] as const) {
    const input = risk[`${side}_pct`];
    if (risk[`${side}_enabled`] || input === null) continue;
    const message = `null when ${side}_enabled is false`;
    context.addIssue({ code: "custom", path: [`${side}_pct`], message, input });
  }
});

const variant = z.strictObject({
  indicator_selections: boundedList(
    z.strictObject({
      indicator_id: nameSchema,
      inputs: z.strictObject({ source: nameSchema.optional() }),
      params: boundedRecord(axisNumber),
    }),
    { min: 1, max: gridsMax },
  ).optional(),
  signal_params: boundedRecord(boundedRecord(axisNumber)).optional(),
  /** Of a strategy in rules, in place of the two. */
  rule_params: boundedRecord(z.union([axisNumber, nameSchema])).optional(),
  risk_params: riskParamsSchema,
  execution_params: executionSchema,
  direction_mode: z.enum(directionModes),
  sizing_mode: z.enum(sizingModes),
});

/** The body of a variant's report as sent: a request without the members of a ranking, and one variant written out. */
const variantReportBodySchema = requestBodySchema
  .pick({ time_range: true, strategy_id: true, template: true, overrides: true, warmup_bars: true })
  .extend({ variant, include_trades: z.boolean().default(false) });

/** A variant as it is sent back; that of an older answer may lack execution numbers. */
export type SentVariant = z.output<typeof variant>;

/** A body that was accepted. */
export interface VariantReportRequest {
  readonly parsed: SentRequest;
  readonly variant: SentVariant;
  readonly includeTrades: boolean;
}

/** The body of a variant's report. */
export const variantReportBody: BodyGrammar<VariantReportRequest> = {
  schema: variantReportBodySchema,
  read: parseVariantReport,
};

/** Reads the body of a variant's report. Throws a `validation_error` as `parseRequest` does. */
function parseVariantReport(value: unknown): VariantReportRequest {
  const { variant, include_trades, ...body } = readBody(variantReportBodySchema, value);
  return { parsed: toSent(body), variant, includeTrades: include_trades };
}

/**
 * The template whose only variant is the given one. Instrument and timeframe are those of `template`; execution numbers
 * that the variant does not carry are, too. Throws a `validation_error` for a variant of another form than the template's:
 * without a value of every parameter of its rules, or with others.
 */
export function templateOf(variant: SentVariant, template: BacktestTemplate): BacktestTemplate {
  requireParams(variant.rule_params, template);
  const { sl_enabled, sl_pct, tp_enabled, tp_pct } = variant.risk_params;
  const { indicator_selections = [], signal_params = {}, rule_params } = variant;
  return {
    instrument_id: template.instrument_id,
    timeframe: template.timeframe,
    ...(rule_params === undefined || template.rules === undefined
      ? {}
      : { rules: { ...template.rules, params: points(rule_params) } }),
    indicator_grids: indicator_selections.map(({ indicator_id, inputs, params }) => ({
      indicator_id,
      params: points(params),
      ...(inputs.source === undefined ? {} : { source: { mode: "explicit", values: [inputs.source] } }),
    })),
    signal_grids: Object.fromEntries(
      Object.entries(signal_params).map(([id, params]) => [id, points(params)]),
    ),
    risk_grid: {
      sl_enabled,
      tp_enabled,
      ...(sl_pct === null ? {} : { sl_pct }),
      ...(tp_pct === null ? {} : { tp_pct }),
    },
    direction_mode: variant.direction_mode,
    sizing_mode: variant.sizing_mode,
    execution: { ...template.execution, ...withoutNulls(variant.execution_params) },
  };
}

function requireParams(given: SentVariant["rule_params"], { rules }: BacktestTemplate): void {
  const path = "body.variant.rule_params";
  if (rules === undefined) {
    if (given === undefined) return;
    throw refusal([{ path, code: "value_error", message: "rule_params: the template has no rules" }]);
  }
  if (given === undefined) {
    throw refusal([{ path, code: "required", message: "rule_params is required: the template has rules" }]);
  }
  const known = Object.keys(rules.params ?? {}).sort(compareCodePoints);
  const missing = known.filter((name) => !Object.hasOwn(given, name));
  const strange = Object.keys(given).filter((name) => !known.includes(name)).sort(compareCodePoints);
  const items = [
    ...missing.map((name) => ({
      path: `${path}.${name}`,
      code: "required",
      message: `rule_params.${name} is required: the rules have such a parameter`,
    })),
    ...strange.map((name) => ({
      path: `${path}.${name}`,
      code: "extra_forbidden",
      message: `rule_params: the rules have no parameter ${shown(name)}${
        known.length === 0 ? ", they have none" : knownInstead(name, known)
      }`,
    })),
  ];
  if (items.length > 0) throw refusal(items);
}

/** Runs what works on such a template, and puts what it refuses where the variant has it. */
export async function namingVariant<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BacktestError) || !Array.isArray(error.details.errors)) throw error;
    const items = error.details.errors as readonly ErrorItem[];
    throw validationError(error.message, items.map((item) => ({ ...item, path: variantPath(item.path) })));
  }
}

/** In the order in which they are tried: the first that fits is taken. */
const places: readonly (readonly [pattern: RegExp, place: string])[] = [
  [/^body\.template\.indicator_grids\.(\d+)\.source/, "body.variant.indicator_selections.$1.inputs.source"],
  [/^body\.template\.indicator_grids/, "body.variant.indicator_selections"],
  [/^body\.template\.signal_grids/, "body.variant.signal_params"],
  [/^body\.template\.rules\.params\b/, "body.variant.rule_params"],
  [/^body\.template\.risk_grid\.(sl|tp)(_pct)?$/, "body.variant.risk_params.$1_pct"],
];

function variantPath(path: string): string {
  const found = places.find(([pattern]) => pattern.test(path));
  return found === undefined ? path : path.replace(found[0], found[1]);
}

function points(values: Readonly<Record<string, number | string>>) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { mode: "explicit" as const, values: [value] }]),
  );
}
