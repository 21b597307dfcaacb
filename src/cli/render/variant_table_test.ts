import assert from "node:assert/strict";
import type { RankingMetric } from "../../core/ranking/mod.ts";
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

Deno.test("13 variantTable() shows the metric that rows are ranked by before the return, inf where it has no end", () => {
  const metrics = metricsOfRank(1);
  const cells = (rankedBy: RankingMetric, figures: Partial<TableVariant>) =>
    variantTable([row(1, figures)], { rankedBy }).split("\n").filter((line) => /[#1]/.test(line))
      .map((line) => line.split("│").slice(2, 4).map((cell) => cell.trim()));
  const factor = { ...metrics, profit_factor: 1.5, profit_factor_infinite: false };
  assert.deepEqual(cells("profit_factor", { metrics: factor }), [["profit factor", "return %"], [
    "1.500",
    "87.71",
  ]]);
  const endless = { ...metrics, profit_factor: null, profit_factor_infinite: true };
  assert.deepEqual(cells("profit_factor", { metrics: endless })[1], ["inf", "87.71"]);
  const none = { ...metrics, profit_factor: null, profit_factor_infinite: false };
  assert.deepEqual(cells("profit_factor", { metrics: none })[1], ["n/a", "87.71"]);
  const drawdown = { ...metrics, max_drawdown_pct: 12.345 };
  assert.deepEqual(cells("max_drawdown_pct", { metrics: drawdown }), [["drawdown %", "return %"], [
    "12.35",
    "87.71",
  ]]);
  assert.deepEqual(cells("return_over_max_drawdown", { metrics: null })[1], ["", "87.71"]);
  assert.equal(cells("total_return_pct", { metrics })[0]![0], "return %");
});
