import assert from "node:assert/strict";
import type { Trade } from "../../src/core/execution/mod.ts";
import { measuresOf, metricValue, rankingMetrics, type VariantMeasures } from "../../src/core/ranking/mod.ts";
import { goodness } from "../../src/core/ranking/ranking_metric.ts";
import { drawdown } from "../../src/core/report/mod.ts";
import { runProgram } from "../helpers/program.ts";

const args = [
  "backtest",
  "--candles",
  "docs/examples/sp500-daily.csv",
  "--calendar",
  "sessions",
  "--report",
  "--json",
  "--request",
  "-",
];
const example = JSON.parse(
  Deno.readTextFileSync(new URL("../../docs/examples/sp500-sma-rsi.json", import.meta.url)),
);

interface AnsweredVariant {
  readonly variant_key: string;
  readonly total_return_pct: number;
  readonly report: {
    readonly rows: readonly { readonly metric: string; readonly value: string }[];
    readonly trades: readonly Trade[];
    readonly equity: readonly { readonly close_ts: string; readonly equity: number }[];
  };
}

async function variantsRankedBy(ranking: unknown): Promise<readonly AnsweredVariant[]> {
  const { code, stdout, stderr } = await runProgram(args, {
    stdin: JSON.stringify({ ...example, top_k: 30, ranking }),
  });
  assert.equal(stderr, "");
  assert.equal(code, 0);
  return JSON.parse(stdout).variants;
}

/** The measures of a variant from nothing but what was answered. */
function answeredMeasures({ report, total_return_pct }: AnsweredVariant): VariantMeasures {
  const equity = Float64Array.from(report.equity, ({ equity }) => equity);
  const closeTsMs = Float64Array.from(report.equity, ({ close_ts }) => Date.parse(close_ts));
  const initCash = Number(report.rows.find(({ metric }) => metric === "Init. Cash")!.value);
  const maxDrawdownPct = drawdown({ initCash, equity, closeTsMs })!.max * 100;
  const row = report.rows.find(({ metric }) => metric === "Max. Drawdown [%]")!;
  assert.ok(Math.abs(Number(row.value) - maxDrawdownPct) <= 0.5e-4, "the report prints that drawdown");
  return measuresOf({ trades: report.trades, total_return_pct }, maxDrawdownPct);
}

for (const metric of rankingMetrics) {
  Deno.test(`backtest ranks by ${metric} as its reports say`, async () => {
    const variants = await variantsRankedBy({ primary_metric: metric });
    const scores = variants.map((one) => goodness(metric, metricValue(metric, answeredMeasures(one))));
    assert.equal(scores.length, 30);
    assert.deepEqual(scores, scores.toSorted((a, b) => b - a));
    for (let i = 1; i < variants.length; i++) {
      if (scores[i] === scores[i - 1]) assert.ok(variants[i]!.variant_key > variants[i - 1]!.variant_key);
    }
    const returns = variants.map((one) => one.total_return_pct);
    const byReturn = returns.every((value, i) => i === 0 || value <= returns[i - 1]!);
    assert.equal(byReturn, metric === "total_return_pct");
  });
}

Deno.test("backtest refuses a ranking by the same metric twice with one line", async () => {
  const ranking = { primary_metric: "profit_factor", secondary_metric: "profit_factor" };
  const { code, stderr } = await runProgram(args, { stdin: JSON.stringify({ ...example, ranking }) });
  assert.equal(code, 1);
  assert.match(stderr, /body\.ranking\.secondary_metric: Input should be another metric than primary_metric/);
  assert.equal(stderr.trimEnd().split("\n").length, 1);
});
