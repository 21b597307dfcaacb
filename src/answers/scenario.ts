import { z } from "zod";
import {
  type PathDay,
  type PutLeg,
  type PutTemplate,
  type ScenarioResult,
  type SummaryMetrics,
  type TemplateResult,
  workspaceStages,
  type WorkspaceStatus,
  workspaceStatuses,
} from "../core/scenario/mod.ts";
import { type Answer, type Members, time } from "./parts.ts";

/** Where the scenario of a workspace stands. */
export type ScenarioStatus = Answer<typeof scenarioStatusSchema>;

/** A scenario that was worked out. */
export type ScenarioAnswer = Answer<typeof scenarioAnswerSchema>;

/** The hedges that can be asked for. */
export type ScenarioTemplates = Answer<typeof scenarioTemplatesSchema>;

const date = z.iso.date();
const ltv = z.number().describe("Loan to value");

/** A workspace's current scenario. */
export const scenarioStatusSchema = z.object(
  {
    job_id: z.uuid().describe("By which its result is read, also once another has replaced it"),
    status: z.enum(workspaceStatuses),
    stage: z.enum(workspaceStages),
    stage_label: z.string().describe("The stage as a page shows it"),
    progress: z.int().min(0).max(100).describe("Percent"),
    message: z.string(),
    has_result: z.boolean(),
    error: z.string().nullable().describe("Why it failed, for people"),
    created_at: time,
    completed_at: time.nullable().describe("Null until it is complete or failed"),
  } satisfies Members<WorkspaceStatus>,
).meta({ id: "ScenarioStatus" });

const pathDay = z.object(
  {
    date: date.describe("UTC date of the daily bar's open"),
    spot_close: z.number(),
    spot_open: z.number(),
    spot_low: z.number(),
    spot_high: z.number(),
    underlying_value: z.number(),
    option_market_value: z.number().describe("Of the held puts at the close, by the model: no quote"),
    net_portfolio_value: z.number().describe("Underlying, options and payoffs so far, less premiums so far"),
    option_contracts: z.int().describe("After the day's purchases and payoffs"),
    ltv_hedged: ltv,
    ltv_unhedged: ltv,
    margin_call_hedged: z.boolean(),
    margin_call_unhedged: z.boolean(),
    ltv_hedged_low: ltv.optional().describe("At the day's low, as is the next; only with check low"),
    ltv_unhedged_low: ltv.optional(),
  } satisfies Members<PathDay>,
).meta({ id: "ScenarioDay" });

const metrics = {
  start_value: z.number(),
  end_value_hedged_net: z.number(),
  total_hedge_cost: z.number().describe("All premiums, whatever came back of them"),
  max_ltv_hedged: ltv,
  max_ltv_unhedged: ltv,
  margin_call_days_hedged: z.int(),
  margin_call_days_unhedged: z.int(),
} satisfies Members<SummaryMetrics>;

const summaryMetrics = z.object(metrics).meta({ id: "ScenarioMetrics" });

const templateResult = z.object(
  {
    template_slug: z.string(),
    template_name: z.string(),
    summary_metrics: summaryMetrics,
    daily_path: z.array(pathDay),
  } satisfies Members<TemplateResult>,
).meta({ id: "ScenarioTemplateResult" });

/** A scenario with the figures of its first template, and every template day by day. */
export const scenarioAnswerSchema = z.object(
  {
    scenario_id: z.uuid(),
    scenario_name: z.string(),
    symbol: z.string(),
    start_date: date.describe("As asked for"),
    end_date: date,
    entry_spot: z.number().describe("Close of the first day there is"),
    underlying_units: z.number(),
    loan_amount: z.number(),
    margin_call_ltv: z.number(),
    data_source: z.string(),
    data_cost_usd: z.number(),
    pricing_model: z.enum(["black_scholes_flat_volatility"]).describe("Option values are no quotes"),
    warnings: z.array(z.string()).describe("What a reader must know, `code: sentence` each"),
    ...metrics,
    margin_threshold_breached_hedged: z.boolean(),
    margin_threshold_breached_unhedged: z.boolean(),
    template_results: z.array(templateResult).describe("template_slug first, then compare_with"),
  } satisfies Members<ScenarioResult>,
).meta({ id: "Scenario" });

/** Members in the order in which they are answered. */
export const scenarioMembers = {
  result: Object.keys(scenarioAnswerSchema.shape),
  template: Object.keys(templateResult.shape),
  metrics: Object.keys(metrics),
  day: Object.keys(pathDay.shape),
} as const;

/** The hedges of the config. */
export const scenarioTemplatesSchema = z.object({
  items: z.array(
    z.object(
      {
        slug: z.string(),
        name: z.string(),
        tenor_days: z.int(),
        roll: z.boolean().describe("Whether it is bought anew once it has expired"),
        legs: z.array(
          z.object(
            {
              moneyness: z.number().describe("Strike as a multiple of the price at purchase"),
              weight: z.number().describe("Share of the contracts"),
            } satisfies Members<PutLeg>,
          ),
        ),
      } satisfies Members<PutTemplate>,
    ).meta({ id: "ScenarioTemplate" }),
  ),
}).meta({ id: "ScenarioTemplates" });
