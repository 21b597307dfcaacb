import Table from "cli-table3";
import { findIndicator } from "../../core/catalogue/mod.ts";
import type { SameAs, VariantPayload } from "../../core/grid/mod.ts";
import type { RankingMetric } from "../../core/ranking/mod.ts";
import type { VariantMetrics } from "../../core/report/mod.ts";

/** The members of a ranked variant that a table shows. */
export interface TableVariant {
  readonly rank: number;
  readonly total_return_pct: number;
  readonly ruined?: true;
  readonly payload: VariantPayload;
  /** Null while the job is running: then nothing is known to be the same. */
  readonly metrics: VariantMetrics | null;
  readonly same_as?: SameAs | null;
}

/** How a table is headed by a metric that rows are ranked by, and how many decimals it has. */
const rankings: Readonly<Record<RankingMetric, { readonly head: string; readonly digits: number }>> = {
  total_return_pct: { head: "return %", digits: 2 },
  max_drawdown_pct: { head: "drawdown %", digits: 2 },
  return_over_max_drawdown: { head: "return/drawdown", digits: 3 },
  profit_factor: { head: "profit factor", digits: 3 },
};

/** What the rows of a table have in common. */
export interface TableOptions {
  /** The metric they are ranked by, which gets a column; the total return, which has one, unless given. */
  readonly rankedBy?: RankingMetric | undefined;
}

/**
 * Ranked variants as a plain table for a terminal. Of rows with the same figures only the first is printed, with how many
 * more there are; of a folded row, with how many were folded into it.
 */
export function variantTable(variants: readonly TableVariant[], { rankedBy }: TableOptions = {}): string {
  const figures: readonly RankingMetric[] = rankedBy && rankedBy !== "total_return_pct"
    ? [rankedBy, "total_return_pct"]
    : ["total_return_pct"];
  const table = new Table({
    head: [
      "#",
      ...figures.map((metric) => rankings[metric].head),
      variants.some(({ payload }) => payload.rule_params === undefined)
        ? "indicators (inputs, parameters; signal parameters)"
        : "parameters",
      "SL %",
      "TP %",
    ],
    colAligns: ["right", ...figures.map(() => "right" as const), "left", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const [variant, ...more] of alike(variants)) {
    const { rank, payload, same_as } = variant;
    const { sl_pct, tp_pct } = payload.risk_params;
    const same = more.length + (same_as?.count ?? 0);
    const text = `${describe(payload)}${same === 0 ? "" : ` (+${same} the same)`}`;
    table.push([
      rank,
      ...figures.map((metric) => figure(variant, metric)),
      text,
      sl_pct ?? "off",
      tp_pct ?? "off",
    ]);
  }
  return table.toString();
}

/** `inf` is the profit factor of profits without a loss, `n/a` a figure that the report has none for. */
function figure({ total_return_pct, ruined, metrics }: TableVariant, metric: RankingMetric): string {
  if (metric === "total_return_pct") {
    return `${total_return_pct.toFixed(rankings[metric].digits)}${ruined ? " ruined" : ""}`;
  }
  if (metrics === null) return "";
  if (metric === "profit_factor" && metrics.profit_factor_infinite) return "inf";
  return metrics[metric]?.toFixed(rankings[metric].digits) ?? "n/a";
}

/** Rows in groups of the same figures, by their first; rows of a folded answer stand alone. */
function alike(variants: readonly TableVariant[]): (readonly [TableVariant, ...TableVariant[]])[] {
  const groups = Map.groupBy(
    variants,
    ({ metrics, same_as, rank }) =>
      metrics === null || same_as !== undefined ? `rank ${rank}` : JSON.stringify(metrics),
  );
  return [...groups.values()] as unknown as (readonly [TableVariant, ...TableVariant[]])[];
}

function describe(payload: VariantPayload): string {
  if (payload.rule_params !== undefined) {
    return Object.entries(payload.rule_params).map(([name, value]) => `${name}=${value}`).join(" ") ||
      "none";
  }
  return (payload.indicator_selections ?? []).map(({ indicator_id, inputs, params }) => {
    const chosen: Record<string, string | number> = { ...inputs, ...params };
    const values = findIndicator(indicator_id)?.axes.map(({ name }) => chosen[name]) ?? Object.values(chosen);
    const signals = Object.entries(payload.signal_params?.[indicator_id] ?? {}).sort().map(([, value]) =>
      value
    );
    return `${indicator_id}(${values.join(", ")}${signals.length > 0 ? `; ${signals.join(", ")}` : ""})`;
  }).join(" and ");
}
