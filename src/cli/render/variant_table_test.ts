import assert from "node:assert/strict";
import { metricsOfRank } from "../../../tests/helpers/any_metrics.ts";
import { topVariant } from "../../../tests/contract/job_stores.ts";
import { type TableVariant, variantTable } from "./variant_table.ts";

const row = (rank: number, figures: Partial<TableVariant>): TableVariant => ({
  rank,
  total_return_pct: 87.7117,
  payload: topVariant(rank).payload,
  metrics: null,
  ...figures,
});

/** Ranks and marks of a table's lines. */
function linesOf(variants: readonly TableVariant[]): readonly string[] {
  return variantTable(variants).split("\n").flatMap((line) => {
    const [, rank, , text] = line.split("│").map((cell) => cell.trim());
    return /^\d+$/.test(rank ?? "") ? [`${rank} ${text!.match(/\(\+.*\)$/)?.[0] ?? "alone"}`] : [];
  });
}

Deno.test("variantTable() prints rows of an unfolded answer with the same figures as one line", () => {
  const [one, other] = [metricsOfRank(1), metricsOfRank(2)];
  const metrics = [one, one, other, one, other, metricsOfRank(3)];
  assert.deepEqual(linesOf(metrics.map((of, i) => row(i + 1, { metrics: of }))), [
    "1 (+2 the same)",
    "3 (+1 the same)",
    "6 alone",
  ]);
});

Deno.test("variantTable() says how many were folded into a row of a folded answer", () => {
  const metrics = metricsOfRank(1);
  const rows = [{ count: 8, params: { sl_pct: [2, 8] } } as const, null].map((same_as, i) =>
    row(i + 1, { metrics, same_as })
  );
  assert.deepEqual(linesOf(rows), ["1 (+8 the same)", "2 alone"]);
});

Deno.test("variantTable() of a running job takes no rows for the same", () => {
  assert.deepEqual(linesOf([row(1, {}), row(2, {})]), ["1 alone", "2 alone"]);
});
