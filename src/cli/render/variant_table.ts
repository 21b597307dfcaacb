import Table from "cli-table3";
import { findIndicator } from "../../core/catalogue.ts";
import type { VariantPayload } from "../../core/plan.ts";

/** The members of a ranked variant that a table shows. */
export interface TableVariant {
  readonly rank: number;
  readonly total_return_pct: number;
  readonly payload: VariantPayload;
}

/** Ranked variants as a plain table for a terminal. */
export function variantTable(variants: readonly TableVariant[]): string {
  const table = new Table({
    head: ["#", "return %", "indicators (inputs, parameters; signal parameters)", "SL %", "TP %"],
    colAligns: ["right", "right", "left", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const { rank, total_return_pct, payload } of variants) {
    const { sl_pct, tp_pct } = payload.risk_params;
    table.push([rank, total_return_pct.toFixed(2), describe(payload), sl_pct ?? "off", tp_pct ?? "off"]);
  }
  return table.toString();
}

function describe(payload: VariantPayload): string {
  return payload.indicator_selections.map(({ indicator_id, inputs, params }) => {
    const chosen: Record<string, string | number> = { ...inputs, ...params };
    const values = findIndicator(indicator_id)?.axes.map(({ name }) => chosen[name]) ?? Object.values(chosen);
    const signals = Object.entries(payload.signal_params[indicator_id] ?? {}).sort().map(([, value]) =>
      value
    );
    return `${indicator_id}(${values.join(", ")}${signals.length > 0 ? `; ${signals.join(", ")}` : ""})`;
  }).join(" and ");
}
