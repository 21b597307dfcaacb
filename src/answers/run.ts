import { z } from "zod";
import { exitReasons } from "../core/execution/mod.ts";
import {
  actions,
  type Fill,
  type FinalMetrics,
  phasesOf,
  type Portfolio,
  type Position,
  runKinds,
  runStates,
} from "../core/run/mod.ts";
import { type Answer, dataCoverageSchema, nextCursor, orNull, sha256, time, tradeSchema } from "./parts.ts";

/** A run as callers see it. */
export type RunStatus = Answer<typeof runStatusSchema>;
/** One page of runs, newest first. */
export type RunList = Answer<typeof runListSchema>;
/** One page of listed runs. */
export type ListedRuns = Answer<typeof listedRunsSchema>;
/** What an agent may see of its run now. */
export type RunContext = Answer<typeof runContextSchema>;
/** What a decision is answered with. */
export type DecisionAck = Answer<typeof decisionAckSchema>;
/** One page of a run's steps. */
export type DecisionLog = Answer<typeof decisionLogSchema>;
/** All that a succeeded run came to. */
export type RunResult = Answer<typeof runResultSchema>;
/** Runs beside each other. */
export type RunComparison = Answer<typeof runComparisonSchema>;
/** The figures of the newest success. */
export type LatestMetrics = Answer<typeof latestMetricsSchema>;

const kind = z.enum(runKinds);
const state = z.enum(runStates);
const phase = z.enum(Object.values(phasesOf).flat()).nullable().describe("Null once the run has ended");
const side = z.enum(["long", "short", "flat"]);
const instrument = z.object({ market_id: z.int(), symbol: z.string() });
const timeRange = z.object({ start: time, end: time });
const quote = z.number();

type Members<T> = Readonly<Record<keyof T, z.ZodType>>;

/** The nine figures. */
export const finalMetricsSchema = z.object(
  {
    total_return: z.number().describe("As a fraction"),
    sharpe_ratio: z.number().nullable().describe("Of daily returns, as in the report of a sweep"),
    max_drawdown: z.number().nullable().describe("As a fraction, >= 0"),
    num_trades: z.int(),
    final_equity: quote,
    llm_calls: z.number().nullable().describe("Sum of what the decisions declared; null when none did"),
    input_tokens: z.number().nullable(),
    output_tokens: z.number().nullable(),
    est_cost_usd: z.number().nullable(),
  } satisfies Members<FinalMetrics>,
).meta({ id: "RunMetrics" });

/** A run, with the same members whatever its state. */
export const runStatusSchema = z.object({
  run_id: z.uuid(),
  kind,
  state,
  phase,
  agent_name: z.string().nullable().describe("Null for scenarios, as is the model"),
  model_name: z.string().nullable(),
  instrument_id: orNull(instrument),
  timeframe: z.string().nullable(),
  time_range: orNull(timeRange),
  step_index: z.int().describe("Steps decided so far, which is the index of the open one"),
  total_steps: z.int().describe("0 until the candles are loaded"),
  timeout_holds: z.int().describe("Steps that nobody decided in time"),
  decision_deadline_at: time.nullable(),
  created_at: time,
  updated_at: time,
  finished_at: time.nullable(),
  metadata: z.looseObject({}),
  error: z.object({ code: z.string(), message: z.string(), details: z.looseObject({}) }).nullable(),
  metrics: orNull(finalMetricsSchema).describe("Only of a run that succeeded"),
  baseline_run_ids: z.record(z.string(), z.uuid()).describe("By name; empty until they are made"),
  compare_url: z.string().nullable().describe("Run and baselines beside each other; null without baselines"),
}).meta({ id: "Run" });

/** A page of own runs. */
export const runListSchema = z.object({ items: z.array(runStatusSchema), next_cursor: nextCursor })
  .meta({ id: "RunList" });

/** A page of what was created with `listed`. */
export const listedRunsSchema = z.object({
  items: z.array(
    runStatusSchema.pick({
      run_id: true,
      kind: true,
      state: true,
      agent_name: true,
      model_name: true,
      instrument_id: true,
      timeframe: true,
      time_range: true,
      step_index: true,
      total_steps: true,
      created_at: true,
      finished_at: true,
      metadata: true,
    }),
  ),
  next_cursor: nextCursor,
}).meta({ id: "ListedRuns" });

const position = z.object(
  {
    side: z.enum(["long", "short"]),
    qty_base: z.number(),
    entry_fill_price: z.number(),
    entry_ts: time,
    value_quote: quote.nullable(),
    unrealized_pct: z.number().nullable(),
  } satisfies Members<Position>,
).meta({ id: "RunPosition" });

const portfolio = z.object(
  {
    available_quote: quote,
    safe_quote: quote,
    equity_quote: quote.nullable().describe("Null at a bar without a close"),
    position: orNull(position),
  } satisfies Members<Portfolio>,
).meta({ id: "RunPortfolio" });

const price = z.number().nullable();

/** What the agent may see, and nothing later. */
export const runContextSchema = z.object({
  schema_version: z.literal(1),
  run_id: z.uuid(),
  state,
  phase,
  step_index: z.int(),
  total_steps: z.int(),
  bar_index: z.int().nullable().describe("Of the bar of this step, warm-up counted"),
  close_ts: time.nullable().describe("Close of that bar: the moment of the decision"),
  decision_deadline_at: time.nullable(),
  decision_timeout_seconds: z.int().nullable().describe("Null of a scenario, which asks nobody"),
  bars: z.array(z.tuple([time, price, price, price, price, price])).nullable().describe(
    "Open time, open, high, low, close, volume of the last bars up to that one; null where a value is missing",
  ),
  indicators: z.array(z.object({ indicator_id: z.string(), values: z.array(z.number().nullable()) }))
    .nullable()
    .describe("In the order of the request, a value per bar of `bars`"),
  portfolio: orNull(portfolio).describe("After the bar before, marked at the close of this one"),
  risk_exit_due: z.enum(["sl", "tp", "ruin"]).nullable().describe(
    "What this close triggers before the decision counts",
  ),
  recent_trades: z.array(tradeSchema).describe("The last five closed ones"),
  decision_format: z.object({ action: z.string() }),
}).meta({ id: "RunContext" });

const fill = z.object(
  {
    ts: time,
    kind: z.enum(["entry", "exit"]),
    side: z.enum(["buy", "sell"]),
    reason: z.enum(["entry", ...exitReasons]),
    price: z.number(),
    qty_base: z.number(),
    quote,
    fee_quote: quote,
  } satisfies Members<Fill>,
).meta({ id: "RunFill" });

/** What a decision did. */
export const decisionAckSchema = z.object({
  run_id: z.uuid(),
  step_index: z.int(),
  accepted: z.literal(true),
  source: z.literal("agent"),
  side: side.describe("What was decided: `hold` keeps the side of the step before"),
  warnings: z.array(z.string()),
  fills: z.array(fill).describe("On the bar of the step; after the last step on the rest, too"),
  portfolio: portfolio.describe(
    "After the bar of the step, marked at its close; after the last step at the end",
  ),
  next_step: z.int(),
  state,
  phase,
  metrics: orNull(finalMetricsSchema),
  next_context: orNull(runContextSchema),
}).meta({ id: "DecisionAck" });

const logItem = z.object({
  step_index: z.int(),
  source: z.enum(["agent", "timeout_hold"]),
  side,
  action: z.enum(actions).nullable().describe("What was sent; null where nothing was"),
  reason: z.string().nullable(),
  confidence: z.number().nullable(),
  usage: orNull(z.object({
    llm_calls: z.number().optional(),
    input_tokens: z.number().optional(),
    output_tokens: z.number().optional(),
    cost_usd: z.number().optional(),
  })),
  context_ref: z.string().nullable().describe("`sha256:` and the hash of what the agent was shown"),
  decided_at: time,
});

/** A page of the decision log. */
export const decisionLogSchema = z.object({ items: z.array(logItem), next_cursor: nextCursor })
  .meta({ id: "DecisionLog" });

const equityPoint = z.object({ close_ts: time, equity: quote });

/** A run at its end, whole. */
export const runResultSchema = z.object({
  run: runStatusSchema,
  metrics: finalMetricsSchema,
  rows: z.array(z.object({ metric: z.string(), value: z.string() })),
  trades: z.array(tradeSchema),
  equity: z.array(equityPoint).describe("At every bar close, of long runs at every n-th and the last"),
  decisions: z.array(logItem),
  manifest: z.object({
    schema_version: z.literal(1),
    request: z.looseObject({}),
    request_hash: sha256,
    candles_hash: sha256,
    warmup_bars: z.int(),
    days_per_year: z.number(),
    data: dataCoverageSchema,
    warnings: z.array(z.string()),
  }),
}).meta({ id: "RunResult" });

/** Runs on one axis of time. */
export const runComparisonSchema = z.object({
  runs: z.array(z.object({
    run_id: z.uuid(),
    kind,
    state,
    agent_name: z.string().nullable(),
    model_name: z.string().nullable(),
    metrics: orNull(finalMetricsSchema),
  })),
  close_ts: z.array(time),
  equity: z.record(z.string(), z.array(quote.nullable())).describe(
    "By run id, a value per time; null where a run has none",
  ),
}).meta({ id: "RunComparison" });

/** The figures of the newest success of an agent. */
export const latestMetricsSchema = z.object({
  run_id: z.uuid(),
  agent_name: z.string(),
  model_name: z.string(),
  finished_at: time,
  metrics: finalMetricsSchema,
}).meta({ id: "LatestRunMetrics" });
