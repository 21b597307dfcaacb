import assert from "node:assert/strict";
import type { ExecutionSettings, Replay, RiskSettings, Trade } from "../../src/core/execution.ts";
import type { DirectionMode, SizingMode } from "../../src/core/execution.ts";
import { kernelRun } from "../helpers/kernel_run.ts";
import { kernelSeries } from "../helpers/kernel_series.ts";
import { kernelBench } from "../helpers/series.ts";
import { runEngine } from "../oracle/engine.ts";
import type { OracleCandles } from "../oracle/candles.ts";
import { indicatorSeries } from "../oracle/indicators.ts";
import type { Signal } from "../oracle/signals.ts";

interface SeriesCase {
  readonly id: string;
  readonly params: Readonly<Record<string, number>>;
  readonly source: string | null;
  readonly candles: string;
  readonly values: readonly (number | null)[];
}

interface EdgeCase extends Omit<Replay, "trades"> {
  readonly name: string;
  readonly close: readonly number[];
  readonly signal: string;
  readonly target_slice: readonly [number, number];
  readonly execution:
    & ExecutionSettings
    & { readonly direction_mode: DirectionMode; readonly sizing_mode: SizingMode };
  readonly risk: RiskSettings;
  readonly trades: readonly Trade[];
}

const bench = kernelBench();

async function load<T>(path: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(new URL(`data/${path}`, import.meta.url)));
}

async function loadCandles(name: string): Promise<OracleCandles> {
  const columns = await load<Record<keyof OracleCandles, (number | null)[]>>(`candles/${name}.json`);
  const f32 = (column: (number | null)[]) => Float32Array.from(column, (value) => value ?? NaN);
  return {
    open: f32(columns.open),
    high: f32(columns.high),
    low: f32(columns.low),
    close: f32(columns.close),
    volume: f32(columns.volume),
  };
}

Deno.test("indicator kernels and oracles equal the golden series in every bit", async () => {
  const { cases } = await load<{ cases: readonly SeriesCase[] }>("indicators/series.json");
  for (const { id, params, source, candles: name, values: golden } of cases) {
    const candles = await loadCandles(name);
    const values = { ...params, ...(source === null ? {} : { source }) };
    const expected = golden.map((value) => value === null ? NaN : Math.fround(value));
    const label = `${id} ${JSON.stringify(values)} on ${name}`;
    assert.deepEqual(kernelSeries(bench, { id, candles, values }), expected, label);
    assert.deepEqual(indicatorSeries(id, { candles, values }), expected, `oracle of ${label}`);
  }
});

Deno.test("replay() and the scores equal the golden engine cases in every bit", async () => {
  const { cases } = await load<{ cases: readonly EdgeCase[] }>("engine/engine-edge-cases.json");
  const run = kernelRun(bench);
  for (const edge of cases) {
    const [start, stop] = edge.target_slice;
    const signals = [...edge.signal] as Signal[];
    const { direction_mode: directionMode, sizing_mode: sizingMode, ...execution } = edge.execution;
    const account = { directionMode, sizingMode, execution };
    const { sl_pct: sl, tp_pct: tp } = edge.risk;
    const given = {
      close: edge.close.slice(start, stop),
      signals: signals.slice(start, stop),
      account,
      stops: [sl],
      targets: [tp],
    };
    const expected = {
      trades: edge.trades,
      total_return_pct: edge.total_return_pct,
      equity_end_quote: edge.equity_end_quote,
      available_quote: edge.available_quote,
      safe_quote: edge.safe_quote,
    };
    const replay = run.replay(given, { sl, tp });
    const trades = replay.trades.map((trade) => ({
      ...trade,
      entry_bar_index: start + trade.entry_bar_index,
      exit_bar_index: start + trade.exit_bar_index,
    }));
    assert.deepEqual({ ...replay, trades }, expected, edge.name);
    const { close, risk } = edge;
    assert.deepEqual(
      runEngine({ close, signals, slice: { start, stop }, ...account, risk }),
      expected,
      `oracle of ${edge.name}`,
    );
    assert.deepEqual(run.scoreRiskPlane(given), [edge.total_return_pct], edge.name);
  }
});
