import { warning } from "../errors/mod.ts";
import { calledAtEntry, cannotHedge, noDay } from "./failures.ts";
import { type HedgedPath, hedgedPath, type PathDay } from "./path.ts";
import { type PutTemplate, wholeContracts } from "./template.ts";
import type { PricedDays, ScenarioDay, ScenarioTerms } from "./terms.ts";
import { realizedReturns, realizedReturnsMin, realizedVolatility } from "./volatility.ts";

/** What one template made of the days. */
export interface SummaryMetrics {
  readonly start_value: number;
  readonly end_value_hedged_net: number;
  /** All premiums, whatever came back of them. */
  readonly total_hedge_cost: number;
  readonly max_ltv_hedged: number;
  readonly max_ltv_unhedged: number;
  readonly margin_call_days_hedged: number;
  readonly margin_call_days_unhedged: number;
}

/** One template with its figures and its days. */
export interface TemplateResult {
  readonly template_slug: string;
  readonly template_name: string;
  readonly summary_metrics: SummaryMetrics;
  readonly daily_path: readonly PathDay[];
}

/** The summary of the first template, with whether there was a call at all. */
export interface ScenarioSummary extends SummaryMetrics {
  readonly margin_threshold_breached_hedged: boolean;
  readonly margin_threshold_breached_unhedged: boolean;
}

/** A scenario worked out; figures are full doubles. */
export interface ScenarioResult extends ScenarioSummary {
  readonly scenario_id: string;
  readonly scenario_name: string;
  readonly symbol: string;
  readonly start_date: string;
  readonly end_date: string;
  readonly entry_spot: number;
  readonly underlying_units: number;
  readonly loan_amount: number;
  readonly margin_call_ltv: number;
  readonly data_source: string;
  readonly data_cost_usd: number;
  /** So that nobody takes option values for quotes. */
  readonly pricing_model: "black_scholes_flat_volatility";
  /** `code: sentence` each. */
  readonly warnings: readonly string[];
  readonly template_results: readonly TemplateResult[];
}

/** The days of a scenario, and what its volatility may be told from. */
export interface ScenarioDays {
  readonly days: readonly ScenarioDay[];
  /** Closes of the days before, ascending. */
  readonly earlierCloses: readonly number[];
  /** Daily returns that make a year in the market. */
  readonly daysPerYear: number;
  /** Where there are too few returns. */
  readonly volatilityDefault: number;
}

/** A scenario as it is run. */
export interface ScenarioInput extends ScenarioDays {
  readonly scenarioId: string;
  readonly terms: ScenarioTerms;
  /** In the order of the results; the summary is of the first. */
  readonly templates: readonly PutTemplate[];
  /** What is known of the candles. */
  readonly warnings: readonly string[];
}

/**
 * Runs every template over the days. Throws `no_candles` without a day, a `validation_error` for a loan that would be called
 * at entry, a hedge without one whole contract and a figure that is not finite.
 */
export function runScenario(input: ScenarioInput): ScenarioResult {
  const { terms, templates, days, scenarioId } = input;
  requireContracts(input);
  const [entry] = days;
  if (entry === undefined) throw noDay(terms);
  const entryLtv = terms.loan_amount / (terms.underlying_units * entry.close);
  if (entryLtv >= terms.margin_call_ltv) throw calledAtEntry(entryLtv, terms);
  const { volatilities, warnings } = volatilitiesOf(input);
  const results = templates.map((template) =>
    templateResult(template, hedgedPath({ terms, template, days, volatilities }))
  );
  const { symbol, start_date, end_date } = terms;
  const name = templates[0] === undefined ? "" : `: ${templates[0].name}`;
  return {
    scenario_id: scenarioId,
    scenario_name: `${symbol} ${start_date} to ${end_date}${name}`,
    symbol,
    start_date,
    end_date,
    entry_spot: entry.close,
    underlying_units: terms.underlying_units,
    loan_amount: terms.loan_amount,
    margin_call_ltv: terms.margin_call_ltv,
    data_source: terms.data_source,
    data_cost_usd: 0,
    pricing_model: "black_scholes_flat_volatility",
    warnings: [...input.warnings, ...warnings, ...expiredWarnings(results)],
    ...scenarioSummary(results),
    template_results: results,
  };
}

/** Throws a `validation_error` where a template hedges and the units are less than one contract. */
export function requireContracts({ terms, templates }: Pick<ScenarioInput, "terms" | "templates">): void {
  const hedges = templates.some(({ legs }) => legs.length > 0);
  if (hedges && wholeContracts(terms.underlying_units, terms.contract_size) === 0) throw cannotHedge(terms);
}

/** The figures of the first template; 0 and false where there is none. */
export function scenarioSummary([first]: readonly TemplateResult[]): ScenarioSummary {
  const metrics = first?.summary_metrics ?? noMetrics;
  return {
    ...metrics,
    margin_threshold_breached_hedged: metrics.margin_call_days_hedged > 0,
    margin_threshold_breached_unhedged: metrics.margin_call_days_unhedged > 0,
  };
}

const noMetrics: SummaryMetrics = {
  start_value: 0,
  end_value_hedged_net: 0,
  total_hedge_cost: 0,
  max_ltv_hedged: 0,
  max_ltv_unhedged: 0,
  margin_call_days_hedged: 0,
  margin_call_days_unhedged: 0,
};

function templateResult(template: PutTemplate, { days, premiumsPaid }: HedgedPath): TemplateResult {
  const largest = (of: (day: PathDay) => number) => days.reduce((most, day) => Math.max(most, of(day)), 0);
  return {
    template_slug: template.slug,
    template_name: template.name,
    summary_metrics: {
      start_value: days[0]!.underlying_value,
      end_value_hedged_net: days.at(-1)!.net_portfolio_value,
      total_hedge_cost: premiumsPaid,
      max_ltv_hedged: largest((day) => day.ltv_hedged_low ?? day.ltv_hedged),
      max_ltv_unhedged: largest((day) => day.ltv_unhedged_low ?? day.ltv_unhedged),
      margin_call_days_hedged: days.filter((day) => day.margin_call_hedged).length,
      margin_call_days_unhedged: days.filter((day) => day.margin_call_unhedged).length,
    },
    daily_path: days,
  };
}

/** Of hedges that ended before the scenario did, each by itself. */
function expiredWarnings(results: readonly TemplateResult[]): readonly string[] {
  return results.flatMap(({ template_slug, daily_path: path }) => {
    const bare = path.findLastIndex((day) => day.option_contracts > 0) + 1;
    // without a hedge there are none at all, and on the last day nothing is bought
    if (bare === 0 || bare >= path.length - 1) return [];
    const sentence =
      `the puts of ${template_slug} expired and are not bought anew: from ${path[bare]!.date} on, ` +
      `${path.length - bare} of ${path.length} days, there is no hedge`;
    return [warning("hedge_expired", sentence)];
  });
}

function volatilitiesOf(
  { terms, days, earlierCloses, daysPerYear, volatilityDefault }: ScenarioInput,
): Pick<PricedDays, "volatilities"> & { readonly warnings: readonly string[] } {
  const { volatility } = terms.pricing;
  if (volatility !== "realized") return { volatilities: days.map(() => volatility), warnings: [] };
  const { volatilities, fallbackDays } = realizedVolatility({
    closes: [...earlierCloses, ...days.map(({ close }) => close)],
    warmUp: earlierCloses.length,
    daysPerYear,
    fallback: volatilityDefault,
  });
  if (fallbackDays === 0) return { volatilities, warnings: [] };
  const sentence = `${fallbackDays} of ${days.length} days have fewer than ${realizedReturnsMin} of the ` +
    `${realizedReturns} daily returns up to them, and their puts are priced with ${volatilityDefault}`;
  return { volatilities, warnings: [warning("default_volatility", sentence)] };
}
