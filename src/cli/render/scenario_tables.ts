import Table from "cli-table3";
import type { PathDay, PutTemplate, ScenarioResult, TemplateResult } from "../../core/scenario/mod.ts";
import { sparkline } from "../../core/text/mod.ts";

const sparklineWidth = 60;

/** Stretches of calls that are shown; --csv has every day. */
const stretchesMax = 40;

/** A scenario for people: what it was, a row a hedge, when the lender called, and both lines of loan to value. */
export function scenarioReport(result: ScenarioResult): string {
  const { symbol, start_date, end_date, underlying_units, loan_amount, margin_call_ltv, entry_spot } = result;
  const entryLtv = loan_amount / (underlying_units * entry_spot);
  const [first] = result.template_results;
  return [
    `${symbol} ${start_date} to ${end_date}, ${
      first!.daily_path.length
    } days: ${underlying_units} units at ${entry_spot}`,
    `Loan ${loan_amount}, LTV ${ratio(entryLtv)} at entry, call at ${margin_call_ltv}`,
    "Option values are those of a model with flat volatility, no quotes.",
    "",
    summaryTable(result.template_results),
    "",
    callsTable(result.template_results),
    "",
    ...ltvLines(first!),
    "",
  ].join("\n");
}

/** The hedges of a config as a table. */
export function templateTable(templates: readonly PutTemplate[]): string {
  const table = plainTable(["slug", "name", "days", "rolled", "strikes (weight)"]);
  for (const { slug, name, tenor_days, roll, legs } of templates) {
    const strikes = legs.map(({ moneyness, weight }) => `${percent(moneyness)} (${percent(weight)})`);
    table.push([slug, name, tenor_days, roll ? "yes" : "no", strikes.join(", ") || "none"]);
  }
  return table.toString();
}

function summaryTable(results: readonly TemplateResult[]): string {
  const table = plainTable(
    ["hedge", "premiums", "end value net", "max LTV", "unhedged", "calls", "unhedged"],
    1,
  );
  for (const { template_slug, summary_metrics: metrics } of results) {
    table.push([
      template_slug,
      metrics.total_hedge_cost.toFixed(2),
      metrics.end_value_hedged_net.toFixed(2),
      ratio(metrics.max_ltv_hedged),
      ratio(metrics.max_ltv_unhedged),
      metrics.margin_call_days_hedged,
      metrics.margin_call_days_unhedged,
    ]);
  }
  return table.toString();
}

/** Days in a row on which the lender called, of each hedge. */
function callsTable(results: readonly TemplateResult[]): string {
  const hedged = results.map(({ template_slug, daily_path }) => ({
    name: template_slug,
    found: stretches(daily_path, {
      calls: (day) => day.margin_call_hedged,
      ltv: (day) => day.ltv_hedged_low ?? day.ltv_hedged,
    }),
  }));
  const unhedged = {
    name: "unhedged",
    found: stretches(results[0]!.daily_path, {
      calls: (day) => day.margin_call_unhedged,
      ltv: (day) => day.ltv_unhedged_low ?? day.ltv_unhedged,
    }),
  };
  // a template without puts is unhedged, under whatever name
  const isPlain = results.some(({ template_slug }) => template_slug === unhedged.name);
  const rows = [...hedged, ...(isPlain ? [] : [unhedged])]
    .flatMap(({ name, found }) => found.map((stretch) => ({ name, ...stretch })));
  if (rows.length === 0) return "The lender never called.";
  const table = plainTable(["calls of", "from", "to", "days", "worst LTV", "on", "at close"]);
  for (const { name, days, worst, worstLtv } of rows.slice(0, stretchesMax)) {
    const [from, to] = [days[0]!, days.at(-1)!];
    table.push([
      name,
      from.date,
      to.date,
      days.length,
      ratio(worstLtv),
      worst.date,
      worst.spot_close.toFixed(2),
    ]);
  }
  const left = rows.length - stretchesMax;
  return left > 0 ? `${table}\nand ${left} more; --csv has every day` : table.toString();
}

interface Stretch {
  readonly days: readonly PathDay[];
  readonly worst: PathDay;
  readonly worstLtv: number;
}

function stretches(
  path: readonly PathDay[],
  { calls, ltv }: {
    readonly calls: (day: PathDay) => boolean;
    readonly ltv: (day: PathDay) => number;
  },
): readonly Stretch[] {
  const found: PathDay[][] = [];
  path.forEach((day, index) => {
    if (!calls(day)) return;
    if (index === 0 || !calls(path[index - 1]!)) found.push([]);
    found.at(-1)!.push(day);
  });
  return found.map((days) => {
    const worst = days.reduce((worst, day) => ltv(day) > ltv(worst) ? day : worst);
    return { days, worst, worstLtv: ltv(worst) };
  });
}

/** Both lines on one scale. */
function ltvLines({ template_slug, daily_path: path }: TemplateResult): readonly string[] {
  const lines = [
    ["LTV unhedged", path.map((day) => day.ltv_unhedged)],
    [`LTV ${template_slug}`, path.map((day) => day.ltv_hedged)],
  ] as const;
  const all = lines.flatMap(([, values]) => values);
  const scale = {
    width: sparklineWidth,
    low: all.reduce((a, b) => Math.min(a, b)),
    high: all.reduce((a, b) => Math.max(a, b)),
  };
  const nameWidth = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, values]) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return `${name.padEnd(nameWidth)}  ${sparkline(values, scale)}  ${ratio(low)} to ${ratio(high)}`;
  });
}

function plainTable(head: string[], rightFrom = head.length): Table.Table {
  return new Table({
    head,
    colAligns: head.map((_, column) => column >= rightFrom ? "right" as const : "left" as const),
    style: { head: [], border: [], compact: true },
  });
}

function ratio(value: number): string {
  return value.toFixed(4);
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
