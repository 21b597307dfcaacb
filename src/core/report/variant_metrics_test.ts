import assert from "node:assert/strict";
import { metricsOfRank } from "../../../tests/helpers/any_metrics.ts";
import { metricFormats, type MetricName, type RawMetrics, type ReportFigures } from "./report_rows.ts";
import {
  figureNames,
  figureOfRow,
  flagNames,
  inMetricOrder,
  type OtherForm,
  otherFormTexts,
  variantMetrics,
} from "./variant_metrics.ts";

const rows = Object.keys(metricFormats) as MetricName[];
const raw = Object.fromEntries(rows.map((name, i) => [name, i + 0.5])) as unknown as RawMetrics;
const otherNames = Object.keys(otherFormTexts) as OtherForm[];
const otherForms = Object.fromEntries(
  otherNames.map((name, i) => [name, i + 100.5]),
) as ReportFigures["otherForms"];
const figures = { rows: raw, otherForms };
const measures = { totalReturnPct: 10, maxDrawdownPct: 4, grossProfit: 30, grossLoss: -20, trades: 5 };

Deno.test("variantMetrics() has every numeric row of the report under a name of its own, and the ranking metrics", () => {
  const metrics = variantMetrics({ figures, measures, shortTrades: 3 });
  assert.deepEqual(Object.keys(metrics), [...figureNames, ...flagNames]);
  assert.deepEqual(Object.keys(figureOfRow), rows.filter((name) => metricFormats[name] !== "date"));
  for (const [row, name] of Object.entries(figureOfRow)) {
    assert.equal(metrics[name], raw[row as MetricName], row);
  }
  for (const name of otherNames) assert.equal(metrics[name], otherForms[name], name);
  assert.equal(new Set(Object.values(figureOfRow)).size, Object.keys(figureOfRow).length);
  const { short_trades, return_over_max_drawdown, profit_factor, profit_factor_infinite } = metrics;
  assert.deepEqual([short_trades, return_over_max_drawdown, profit_factor], [3, 2.5, 1.5]);
  assert.equal(profit_factor_infinite, false);
});

Deno.test("variantMetrics() has null where a figure is undefined or not finite", () => {
  const metrics = variantMetrics({
    figures: { otherForms, rows: { ...raw, "SQN": null, "Gross Exposure": NaN, "Expectancy": Infinity } },
    measures: { ...measures, maxDrawdownPct: null, grossLoss: 0 },
    shortTrades: 0,
  });
  const { sqn, gross_exposure, expectancy_pct, return_over_max_drawdown, profit_factor } = metrics;
  assert.deepEqual(
    [sqn, gross_exposure, expectancy_pct, return_over_max_drawdown, profit_factor],
    [null, null, null, null, null],
  );
  assert.equal(metrics.profit_factor_infinite, true);
});

Deno.test("variantMetrics() says whether the account was ruined, and whether the profit factor is infinite", () => {
  const flags = (change: Partial<typeof measures>) => {
    const { ruined, profit_factor, profit_factor_infinite } = variantMetrics({
      figures,
      measures: { ...measures, ...change },
      shortTrades: 0,
    });
    return [ruined, profit_factor, profit_factor_infinite];
  };
  assert.deepEqual(flags({}), [false, 1.5, false]);
  assert.deepEqual(flags({ grossLoss: 0 }), [false, null, true]);
  assert.deepEqual(flags({ grossLoss: 0, grossProfit: 0, trades: 0 }), [false, null, false]);
  assert.deepEqual(flags({ totalReturnPct: -99.99 }), [false, 1.5, false]);
  assert.deepEqual(flags({ totalReturnPct: -100 }), [true, 1.5, false]);
  assert.deepEqual(flags({ totalReturnPct: -1071.5 }), [true, 1.5, false]);
});

Deno.test("inMetricOrder() restores the order of the members and keeps unknown ones last", () => {
  const mixed = Object.fromEntries(Object.entries({ ...metricsOfRank(1), zeta: 1, beta: 2 }).toSorted());
  const ordered = inMetricOrder(mixed as never);
  assert.deepEqual(Object.keys(ordered), [...figureNames, ...flagNames, "beta", "zeta"]);
  assert.deepEqual({ ...ordered }, mixed);
});
