import { z } from "zod";
import { directionModes, sizingModes } from "../core/execution/mod.ts";
import { gridsMax, ruleTextSentMax } from "../core/limits/mod.ts";
import { symbolSchema } from "../schema/symbol.ts";
import { timeframeSchema } from "../schema/timeframe.ts";
import { axisSchema } from "./axis.ts";
import {
  boundedList,
  boundedRecord,
  cashSchema,
  feePct,
  nameSchema,
  optional,
  positiveInteger,
  riskPct,
  slippagePct,
} from "./bounded.ts";
import type { WithoutNulls } from "./without_nulls.ts";

/** What is swept, without nulls: an instrument, bars, grids and how trades are executed. */
export type BacktestTemplate = WithoutNulls<z.output<typeof templateSchema>>;

/** A template with nothing left to default but the axes of its grids. */
export type EffectiveTemplate = WithoutNulls<z.output<typeof effectiveTemplateSchema>>;

/** What a request changes of a saved strategy. */
export type Overrides = WithoutNulls<z.output<typeof overridesSchema>>;

/** The same with all that has a default. */
export type EffectiveOverrides = WithoutNulls<z.output<typeof effectiveOverridesSchema>>;

/** Axes of one indicator as sent; missing ones come from the default grid of that id. */
export type IndicatorGridRequest = BacktestTemplate["indicator_grids"][number];

/** Stop and target axes. A side that is on needs its axis or its scalar. */
export type RiskGridRequest = NonNullable<BacktestTemplate["risk_grid"]>;

/** Where candles come from, and whose. */
export const instrumentSchema = z.strictObject({
  market_id: positiveInteger.max(65_535),
  symbol: symbolSchema,
});

/** One indicator with its axes as sent; those left out come from the default grids. */
const indicatorGrid = z.strictObject({
  indicator_id: nameSchema,
  params: boundedRecord(axisSchema).default({}),
  source: axisSchema.nullish(),
});

// what a text may hold is the parser's to say; these bound what it has to look at
const ruleText = z.string({ error: "a text (YAML reads a lone false, true or number as none: quote it)" })
  .max(ruleTextSentMax);

const ruleSide = z.strictObject({ enter: ruleText, exit: ruleText.nullish() });

/** A strategy as expressions, in place of indicators; what its texts mean is checked when it is planned. */
export const rulesSchema = z.strictObject({
  params: boundedRecord(axisSchema).nullish(),
  where: boundedList(ruleText, { min: 0, max: gridsMax }).nullish(),
  define: boundedRecord(ruleText).nullish(),
  long: ruleSide.nullish(),
  short: ruleSide.nullish(),
});

/** The indicators of a sweep. */
export const gridsSchema = boundedList(indicatorGrid, { min: 1, max: gridsMax });

const signalGrids = boundedRecord(boundedRecord(axisSchema));

const sentRiskGrid = z.strictObject({
  sl_enabled: z.boolean().optional(),
  tp_enabled: z.boolean().optional(),
  sl: axisSchema.nullish(),
  tp: axisSchema.nullish(),
  sl_pct: riskPct.nullish(),
  tp_pct: riskPct.nullish(),
}).superRefine((risk, context) => {
  for (const side of ["sl", "tp"] as const) {
    const enabled = risk[`${side}_enabled`];
    const sent = sentSide(risk, side);
    if (enabled === (sent !== null) || enabled === undefined) continue;
    const finding = enabled
      ? { path: [side], message: `sent, or ${side}_pct, when ${side}_enabled is true`, input: null }
      : { path: [`${side}_enabled`], message: `true or left out beside ${sent}`, input: enabled };
    context.addIssue({ code: "custom", ...finding });
  }
});

/** A side that is sent is on; a side without axis and scalar is off. */
const riskGrid = sentRiskGrid.transform(({ sl_enabled, tp_enabled, ...sent }) => ({
  sl_enabled: sl_enabled ?? sentSide(sent, "sl") !== null,
  tp_enabled: tp_enabled ?? sentSide(sent, "tp") !== null,
  ...sent,
}));

/** The member that holds a side's values; null where none does. */
function sentSide(
  risk: Omit<z.output<typeof sentRiskGrid>, "sl_enabled" | "tp_enabled">,
  side: "sl" | "tp",
): string | null {
  const names = [side, `${side}_pct`] as const;
  return names.find((name) => (risk[name] ?? null) !== null) ?? null;
}

/** The account's numbers, each with a default in the config. */
const execution = {
  init_cash_quote: cashSchema,
  fixed_quote: cashSchema,
  safe_profit_percent: z.number().gte(0).lte(100),
  fee_pct: feePct,
  slippage_pct: slippagePct,
};

/** The account's numbers as sent. */
export const executionSchema = z.strictObject(optional(execution));

/** How a template is traded; as sent, all may be left out. */
export const traded = {
  direction_mode: z.enum(directionModes),
  sizing_mode: z.enum(sizingModes),
  execution: executionSchema,
};

/** The same once the defaults are in force. */
export const settled = { ...traded, execution: z.strictObject(execution) };

const plainTemplate = z.strictObject({
  instrument_id: instrumentSchema,
  timeframe: timeframeSchema,
  indicator_grids: boundedList(indicatorGrid, { min: 0, max: gridsMax }).nullish().transform((grids) =>
    grids ?? []
  ),
  rules: rulesSchema.nullish(),
  signal_grids: signalGrids.nullish().transform((grids) => grids ?? {}),
  ...optional({ risk_grid: riskGrid, ...traded }),
});

// with a code of its own, it is looked at in stored templates, too
const formMissing = {
  path: ["indicator_grids"],
  error: "a list that is not empty, or rules beside it",
  params: { code: "required" },
};

/** A template as sent, with model defaults filled in and null members kept: indicators or rules. */
export const templateSchema = plainTemplate.refine(hasForm, formMissing).superRefine(oneForm);

/** What a request may change of a saved strategy: numbers, signal axes and parameters of rules one by one, the rest whole. */
export const overridesSchema = z.strictObject(
  optional({
    ...traded,
    risk_grid: riskGrid,
    signal_grids: signalGrids,
    rules: z.strictObject({ params: boundedRecord(axisSchema) }),
  }),
);

/** A template in force, as a job stores it. */
export const effectiveTemplateSchema = plainTemplate.extend(settled).refine(hasForm, formMissing);

type PlainTemplate = z.output<typeof plainTemplate>;

function hasForm({ indicator_grids, rules }: Pick<PlainTemplate, "indicator_grids" | "rules">): boolean {
  return indicator_grids.length > 0 || (rules ?? null) !== null;
}

/** Refuses a template with indicators and rules. */
function oneForm({ indicator_grids, signal_grids, rules }: PlainTemplate, context: z.RefinementCtx): void {
  if ((rules ?? null) === null) return;
  for (const [name, input] of Object.entries({ indicator_grids, signal_grids })) {
    if (Object.keys(input).length === 0) continue;
    context.addIssue({ code: "custom", path: [name], message: "left out beside rules", input });
  }
}

/** Overrides in force, likewise. */
export const effectiveOverridesSchema = overridesSchema.extend(settled);
