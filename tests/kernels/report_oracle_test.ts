import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyCandles } from "../../src/core/bars/mod.ts";
import { shortTrades, tradeColumns } from "../../src/core/execution/mod.ts";
import { measuresOf } from "../../src/core/ranking/mod.ts";
import { reportDesk } from "../../src/core/report/mod.ts";
import { reportFigures } from "../../src/core/report/report_rows.ts";
import { type FigureName, variantMetrics } from "../../src/core/report/variant_metrics.ts";
import { kernelRun } from "../helpers/kernel_run.ts";
import { runCaseArbitrary } from "../helpers/run_cases.ts";
import { kernelBench } from "../helpers/series.ts";
import { oracleFigures } from "../oracle/report.ts";

const run = kernelRun(kernelBench());
const hourMs = 3_600_000;
const given = fc.record({
  of: runCaseArbitrary({ barsMax: 120, levelsMax: 2 }),
  barHours: fc.constantFrom(1, 4, 6, 24),
  firstHour: fc.nat(24),
  daysPerYear: fc.constantFrom(252, 365, 250.5),
});

function alike(own: number | null, expected: number | null): boolean {
  if (own === null || expected === null) return own === expected;
  return Math.abs(own - expected) <= 1e-7 * Math.max(1e-6, Math.abs(expected));
}

Deno.test("the figures of a report are those their definitions give, one by one", () => {
  const seen = new Map<FigureName, number>();
  fc.assert(
    fc.property(given, ({ of, barHours, firstHour, daysPerYear }) => {
      const [sl, tp] = [of.stops[0] ?? null, of.targets[0] ?? null];
      const replay = run.replay(of, { sl, tp });
      const { init_cash_quote: initCash } = of.account.execution;
      const bars = of.close.length;
      const stepMs = barHours * hourMs;
      const opens = Array.from({ length: bars }, (_, bar) => firstHour * hourMs + bar * stepMs);
      const candles = emptyCandles(bars);
      candles.tsOpenMs.set(opens);
      candles.close.set(of.close);
      const timeline = { candles, timeframeMs: stepMs, slice: { start: 0, stop: bars } };
      const durationMs = Math.max(1, bars) * stepMs;
      const trades = tradeColumns(replay.trades);
      const figures = reportFigures({
        desk: reportDesk(timeline),
        trades,
        initCash,
        requestRange: { startMs: 0, endMs: durationMs },
        daysPerYear,
      });
      const measures = measuresOf(replay, figures.rows["Max. Drawdown [%]"]);
      const own = variantMetrics({ figures, measures, shortTrades: shortTrades(trades) });
      const close = [...candles.close];
      const closeMs = opens.map((ms) => ms + stepMs);
      const expected = oracleFigures({
        close,
        closeMs,
        trades: replay.trades,
        initCash,
        durationMs,
        daysPerYear,
      });
      for (const [name, value] of Object.entries(expected) as [FigureName, number | null][]) {
        assert.ok(alike(own[name], value), `${name}: ${own[name]} instead of ${value}`);
        if (value !== null && value !== 0) seen.set(name, (seen.get(name) ?? 0) + 1);
      }
    }),
    { numRuns: 500 },
  );
  for (const [name, times] of seen) assert.ok(times > 20, `${name} was compared ${times} times only`);
  assert.equal(seen.size, 16);
});
