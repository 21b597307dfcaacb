import { z } from "zod";
import { type LongestLookback, warmUpBars } from "../core/bars/mod.ts";
import { BacktestError, type ErrorItem, gather, refusal, validationError } from "../core/errors/mod.ts";
import { noRisk } from "../core/execution/mod.ts";
import { chooseIndicator, longestLookbacks } from "../core/grid/mod.ts";
import { warmupBarsMax } from "../core/limits/mod.ts";
import { runNameLengthMax } from "../core/run/mod.ts";
import { canonicalJson, sha256Hex } from "../core/text/mod.ts";
import { requireStorable } from "../schema/storable.ts";
import { timeframeSchema } from "../schema/timeframe.ts";
import { type Finding, readWith } from "../schema/zod_issues.ts";
import { timeRangeSchema } from "./body.ts";
import {
  axisNumber,
  boundedList,
  boundedMembers,
  boundedRecord,
  nameSchema,
  optional,
  positiveInteger,
} from "./bounded.ts";
import { daysPerYear, type RequestDefaults, resolveExecution } from "./effective.ts";
import { type BodyGrammar, bodyOf } from "./parse.ts";
import { instrumentSchema, settled, traded } from "./template.ts";
import { riskParamsSchema } from "./variant.ts";
import { type WithoutNulls, withoutNulls } from "./without_nulls.ts";

/** Most indicators that a run shows. */
const indicatorsMax = 16;
/** Longest metadata, as canonical JSON. */
const metadataLengthMax = 4096;

const indicatorPoint = z.strictObject({
  indicator_id: nameSchema,
  inputs: z.strictObject({ source: nameSchema.nullish() }).default({}),
  params: boundedRecord(axisNumber).default({}),
});

const name = z.string().trim().min(1).max(runNameLengthMax);

const metadata = boundedMembers(
  z.looseObject({ llm_max_output_tokens: positiveInteger.max(1e12).optional() }).refine(
    isModest,
    `an object of at most ${metadataLengthMax} characters as JSON in ASCII`,
  ),
);

/** What is looked at; the last three are what somebody else may call it. */
const asked = {
  warmup_bars: positiveInteger.max(warmupBarsMax),
  lookback_bars: positiveInteger.max(500),
  decision_every: positiveInteger.max(1000),
  decision_timeout_seconds: positiveInteger.max(86_400),
};

const runBodySchema = z.strictObject({
  instrument_id: instrumentSchema,
  timeframe: timeframeSchema,
  time_range: timeRangeSchema,
  indicators: boundedList(indicatorPoint, { min: 0, max: indicatorsMax }).nullish(),
  risk: riskParamsSchema.superRefine(needsLevels).nullish(),
  agent_name: name.default("external-agent"),
  model_name: name.default("local-model"),
  metadata: metadata.default({}),
  listed: z.boolean().default(false),
  ...optional({ ...asked, ...traded }),
});

/** A run as it is asked for, without nulls. */
export type SentRun = WithoutNulls<Omit<Body, "metadata">> & Pick<Body, "metadata">;

type Body = z.output<typeof runBodySchema>;

/** The body of a new run. */
export const runBody: BodyGrammar<SentRun> = {
  schema: runBodySchema,
  read(value) {
    const { metadata, ...body } = bodyOf(runBodySchema).read(value);
    // what the caller calls his own keeps its nulls
    const sent = { ...withoutNulls(body), metadata };
    requireStorable(sent, "body");
    return sent;
  },
};

/** What a run stores: everything that decides what its agent sees, and what comes of his decisions. */
const effectiveRunSchema = z.strictObject({
  instrument_id: instrumentSchema,
  timeframe: timeframeSchema,
  time_range: timeRangeSchema,
  ...asked,
  indicators: z.array(z.strictObject({
    indicator_id: nameSchema,
    inputs: z.strictObject({ source: nameSchema.optional() }),
    params: z.record(z.string(), axisNumber),
  })),
  ...settled,
  risk: riskParamsSchema,
  days_per_year: z.number().gt(0).optional(),
});

/** A run with every default in force. */
export type EffectiveRun = z.output<typeof effectiveRunSchema>;

/**
 * Fills in the config's defaults and chooses a value for each parameter of the indicators. Throws a `validation_error` for an
 * indicator that is unknown, or reads the future, and where the market has no default fee.
 */
export function resolveRun(
  sent: SentRun,
  defaults: Pick<RequestDefaults, "warmup_bars_default" | "execution" | "markets">,
): EffectiveRun {
  return {
    instrument_id: sent.instrument_id,
    timeframe: sent.timeframe,
    time_range: sent.time_range,
    warmup_bars: sent.warmup_bars ?? defaults.warmup_bars_default,
    lookback_bars: sent.lookback_bars ?? 50,
    decision_every: sent.decision_every ?? 1,
    decision_timeout_seconds: sent.decision_timeout_seconds ?? 60,
    indicators: [...gather((sent.indicators ?? []).map((point, i) => () => chosenPoint(point, i)))],
    direction_mode: sent.direction_mode ?? "long-short",
    sizing_mode: sent.sizing_mode ?? "all_in",
    execution: resolveExecution(sent, { defaults, path: "body" }),
    risk: { ...noRisk, ...sent.risk },
    ...daysPerYear(sent, defaults),
  };
}

/** Reads a stored run. Throws a `validation_error` for what this version cannot run. */
export function readStoredRun(requestJson: unknown): EffectiveRun {
  const reading = readWith(effectiveRunSchema, requestJson);
  if (reading.ok) return reading.value;
  const { path }: Finding = reading.findings[0]!;
  throw validationError(`Cannot read a stored run: ${path} is not of this version`, [
    { path, code: "unsupported", message: `${path} is not of this version` },
  ]);
}

/** Hash of a run as it is stored. */
export function runHash(effective: EffectiveRun): string {
  return sha256Hex(canonicalJson(effective));
}

/** Bars that a run has before its range, where there are as many, and what needs them. */
export function runLookbacks(
  { indicators, warmup_bars }: Pick<EffectiveRun, "indicators" | "warmup_bars">,
): { readonly lookbacks: readonly LongestLookback[]; readonly warmupBars: number } {
  const lookbacks = longestLookbacks(indicators.map(({ indicator_id, inputs, params }) => ({
    indicatorId: indicator_id,
    axes: Object.entries<number | string>({ ...params, ...(inputs as Record<string, string>) })
      .map(([name, value]) => ({ name, values: [value] })),
  })));
  return { lookbacks, warmupBars: warmUpBars(warmup_bars, lookbacks) };
}

type SentPoint = NonNullable<SentRun["indicators"]>[number];

function chosenPoint(
  { indicator_id, inputs, params }: SentPoint,
  position: number,
): EffectiveRun["indicators"][number] {
  const path = `body.indicators.${position}`;
  const { definition, values } = atPath(path, () =>
    chooseIndicator({
      id: indicator_id,
      values: { ...params, ...(inputs.source === undefined ? {} : { source: inputs.source }) },
    }));
  if (definition.lookAhead !== 0) {
    const message = `${definition.id} reads bars of the future, which no agent may see`;
    throw refusal([{ path: `${path}.indicator_id`, code: "look_ahead", message }]);
  }
  const { source, ...numbers } = values;
  return {
    indicator_id: definition.id,
    inputs: source === undefined ? {} : { source: String(source) },
    params: numbers as Record<string, number>,
  };
}

/** Puts what a choice refuses where the body has it. */
function atPath<T>(path: string, choose: () => T): T {
  try {
    return choose();
  } catch (error) {
    if (!(error instanceof BacktestError) || !Array.isArray(error.details.errors)) throw error;
    const items = error.details.errors as readonly ErrorItem[];
    throw validationError(
      error.message,
      items.map((item) => ({
        ...item,
        path: `${path}.${
          item.path === "id" ? "indicator_id" : item.path === "source" ? "inputs.source" : item.path
        }`,
      })),
    );
  }
}

/** Refuses a side that is on without a level. */
function needsLevels(risk: z.output<typeof riskParamsSchema>, context: z.RefinementCtx): void {
  for (const side of ["sl", "tp"] as const) {
    const input = risk[`${side}_pct`];
    if (!risk[`${side}_enabled`] || input !== null) continue;
    const message = `a number when ${side}_enabled is true`;
    context.addIssue({ code: "custom", path: [`${side}_pct`], message, input });
  }
}

function isModest(value: Readonly<Record<string, unknown>>): boolean {
  return canonicalJson(value).length <= metadataLengthMax;
}
