import assert from "node:assert/strict";
import { emptyCandles, timeframeMs, type Timeline, type TimeRange } from "../../src/core/bars/mod.ts";
import { type Trade, tradeColumns } from "../../src/core/execution/mod.ts";
import { equityCurve, reportDesk } from "../../src/core/report/mod.ts";
import { buildReport } from "../../src/core/report/report.ts";
import {
  metricFormats,
  type MetricName,
  type ReportFigures,
  reportFigures,
} from "../../src/core/report/report_rows.ts";
import { type OtherForm } from "../../src/core/report/variant_metrics.ts";
import { loadGolden } from "../helpers/golden.ts";
import {
  goldenStrategies,
  type RawValue,
  strategyRange,
  strategyTimeline,
} from "../helpers/golden_strategies.ts";
import { drawdownStart, followedRows, overturned, overturnedIn } from "./overturned.ts";

interface Account {
  readonly total_return_pct: number;
  readonly equity_end_quote: number;
  readonly available_quote: number;
  readonly safe_quote: number;
}

interface EdgeCase extends Account {
  readonly name: string;
  readonly ts_open_ms_first: number;
  readonly close: readonly number[];
  readonly target_slice: readonly [number, number];
  readonly requested_time_range_ms: readonly [number, number];
  readonly execution: { readonly init_cash_quote: number };
  readonly trades: readonly Trade[];
  readonly equity_close_quote?: readonly number[];
  readonly exposure_frac?: readonly number[];
  readonly metrics_raw?: Readonly<Record<string, RawValue>>;
  readonly rows?: readonly (readonly [string, string])[];
}

/** Where the golden figures of overturned rows live on. */
const goldenForms: Readonly<Record<string, OtherForm>> = {
  "Position Coverage [%]": "exposure_with_exit_bar_pct",
  "Avg. Drawdown [%]": "avg_drawdown_all_bars_pct",
  "Sharpe Ratio": "sharpe_ratio_compounded",
  "Sortino Ratio": "sortino_ratio_compounded",
  "Calmar Ratio": "calmar_ratio_compounded",
};
// the reference knows no other year
const daysPerYear = 365;
const ratios: ReadonlySet<string> = new Set(["Sharpe Ratio", "Sortino Ratio", "Calmar Ratio"]);

function rangeOf(bounds: readonly [number, number]): TimeRange {
  return { startMs: bounds[0], endMs: bounds[1] };
}

function timelineOf(
  { tsOpenMs, close, step }: { tsOpenMs: readonly number[]; close: readonly number[]; step: number },
  slice: readonly [number, number],
): Timeline {
  const candles = emptyCandles(close.length);
  candles.tsOpenMs.set(tsOpenMs);
  candles.close.set(close);
  return { candles, timeframeMs: step, slice: { start: slice[0], stop: slice[1] } };
}

function written({ trades }: { readonly trades: readonly Trade[] }, timeline: Timeline) {
  return { trades: tradeColumns(trades), desk: reportDesk(timeline) };
}

function close(actual: number | null, expected: number | null, tolerance: number): boolean {
  if (actual === null || expected === null) return actual === expected;
  return Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));
}

const left = overturnedIn("report");

/** Compares every figure with the golden one; an overturned one must differ, and its other form be the golden one. */
function assertMetrics(
  { rows, otherForms }: ReportFigures,
  { vector, expected }: {
    readonly vector: string;
    readonly expected: Readonly<Record<string, RawValue>>;
  },
): void {
  assert.deepEqual(Object.keys(metricFormats), Object.keys(expected));
  for (const [metric, raw] of Object.entries(expected)) {
    const value = raw === null || typeof raw === "number"
      ? raw
      : "ms" in raw
      ? raw.ms
      : Date.parse(raw.iso.replace(/\+00:00$/, "Z"));
    const mine = rows[metric as MetricName];
    const tolerance = ratios.has(metric) ? 1e-6 : 1e-9;
    const holds = close(mine, value, tolerance);
    const name = `${vector}/${metric}`;
    if (left.has(name)) assert.ok(!holds, `${name} is listed as overturned, but holds`);
    else assert.ok(holds, `${name}: ${mine} instead of ${value}`);
    const form = goldenForms[metric];
    if (form === undefined || overturned[`report/${name}`] === drawdownStart) continue;
    assert.ok(
      close(otherForms[form], value, tolerance),
      `${name} as ${form}: ${otherForms[form]} instead of ${value}`,
    );
  }
}

Deno.test("buildReport() equals the golden edge cases", async () => {
  const { cases } = await loadGolden<{ cases: readonly EdgeCase[] }>("engine/engine-edge-cases.json");
  for (const edge of cases) {
    const step = timeframeMs("1d");
    const tsOpenMs = edge.close.map((_, i) => edge.ts_open_ms_first + i * step);
    const timeline = timelineOf({ tsOpenMs, close: edge.close, step }, edge.target_slice);
    const requestRange = rangeOf(edge.requested_time_range_ms);
    const report = buildReport({
      ...written(edge, timeline),
      requestRange,
      daysPerYear,
      execution: edge.execution,
    });
    assert.equal(report.rows.length, 25, edge.name);
    if (!edge.rows || !edge.metrics_raw) continue;
    const rows = report.rows.map(({ metric, value }) => [metric, value] as const);
    const kept = { vector: edge.name, left };
    assert.deepEqual(followedRows(rows, kept), followedRows(edge.rows, kept), edge.name);
    const { trades } = edge;
    const initCash = edge.execution.init_cash_quote;
    const curve = equityCurve({ trades, timeline, initCash });
    assert.deepEqual([...curve.equity], edge.equity_close_quote, edge.name);
    assert.deepEqual([...curve.exposureFrac], edge.exposure_frac, edge.name);
    const actual = reportFigures({ ...written(edge, timeline), initCash, requestRange, daysPerYear });
    assertMetrics(actual, { vector: edge.name, expected: edge.metrics_raw });
  }
});

Deno.test("buildReport() reports a reversal on the last bar", async () => {
  const { cases } = await loadGolden<{ cases: readonly EdgeCase[] }>("engine/engine-edge-cases.json");
  const edge = cases.find(({ name }) => name === "last-bar-reversal");
  assert.ok(edge);
  const step = timeframeMs("1d");
  const tsOpenMs = edge.close.map((_, i) => edge.ts_open_ms_first + i * step);
  const timeline = timelineOf({ tsOpenMs, close: edge.close, step }, edge.target_slice);
  const { rows } = buildReport({
    ...written(edge, timeline),
    requestRange: rangeOf(edge.requested_time_range_ms),
    daysPerYear,
    execution: edge.execution,
  });
  const text = (metric: MetricName) => rows.find((row) => row.metric === metric)?.value;
  assert.equal(text("Total Profit"), "195.4");
  assert.equal(text("Total Return [%]"), "19.5404");
  assert.equal(text("Num. Trades"), "2");
  // held at the closes of two of its three bars: on the last one both trades end
  assert.equal(text("Position Coverage [%]"), "66.6667");
  const curve = equityCurve({ trades: edge.trades, timeline, initCash: 1000 });
  assert.equal(curve.equity[2], edge.equity_end_quote);
  assert.equal(curve.exposureFrac[2], edge.trades[1]!.entry_quote_amount / edge.equity_end_quote);
});

Deno.test("S000-31 buildReport() equals the golden strategies", async () => {
  for (const strategy of await goldenStrategies()) {
    const { trades, name: vector } = strategy;
    const timeline = await strategyTimeline(strategy);
    const requestRange = strategyRange(strategy);
    const execution = strategy.execution_resolved;
    const report = buildReport({ ...written(strategy, timeline), requestRange, daysPerYear, execution });
    const rows = report.rows.map(({ metric, value }) => [metric, value] as const);
    const kept = { vector, left };
    assert.deepEqual(followedRows(rows, kept), followedRows(strategy.rows, kept), vector);
    const lines = (table: string) =>
      followedRows(table.split("\n").map((line) => [line.split("|")[1] ?? "", line] as const), kept);
    assert.deepEqual(lines(report.tableMd), lines(strategy.table_md), vector);
    const initCash = execution.init_cash_quote;
    const curve = equityCurve({ trades, timeline, initCash });
    const actual = reportFigures({ ...written(strategy, timeline), initCash, requestRange, daysPerYear });
    assertMetrics(actual, { vector, expected: strategy.metrics_raw });
    assert.equal(curve.equity.at(-1), strategy.equity_end_quote, strategy.name);
    strategy.equity_close_quote.forEach((expected, i) =>
      assert.ok(close(curve.equity[i]!, expected, 1e-8), `${strategy.name} bar ${i}`)
    );
  }
});

Deno.test("every report row listed as overturned is one of a golden report", () => {
  assert.deepEqual(left.unmet(), []);
});
