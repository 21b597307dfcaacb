import Table from "cli-table3";
import { findIndicator } from "../../core/catalogue/mod.ts";
import type { SameAs, VariantPayload } from "../../core/grid/mod.ts";
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

/**
 * Ranked variants as a plain table for a terminal. Of rows with the same figures only the first is printed, with how many
 * more there are; of a folded row, with how many were folded into it.
 */
export function variantTable(variants: readonly TableVariant[]): string {
  const table = new Table({
    head: ["#", "return %", "indicators (inputs, parameters; signal parameters)", "SL %", "TP %"],
    colAligns: ["right", "right", "left", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const [{ rank, total_return_pct, ruined, payload, same_as }, ...more] of alike(variants)) {
    const { sl_pct, tp_pct } = payload.risk_params;
    const same = more.length + (same_as?.count ?? 0);
    const text = `${describe(payload)}${same === 0 ? "" : ` (+${same} the same)`}`;
    const shownReturn = `${total_return_pct.toFixed(2)}${ruined ? " ruined" : ""}`;
    table.push([rank, shownReturn, text, sl_pct ?? "off", tp_pct ?? "off"]);
  }
  return table.toString();
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
    return Object.entries(payload.rule_params).map(([name, value]) => `${name}=${value}`).join(" ");
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
