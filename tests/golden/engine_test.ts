import assert from "node:assert/strict";
import type {
  DirectionMode,
  ExecutionSettings,
  Replay,
  RiskSettings,
  SizingMode,
  Trade,
} from "../../src/core/execution/mod.ts";
import { loadGolden } from "../helpers/golden.ts";
import { kernelRun } from "../helpers/kernel_run.ts";
import { kernelBench } from "../helpers/series.ts";
import { runEngine } from "../oracle/engine.ts";
import type { Signal } from "../oracle/rules.ts";
import { overturnedIn } from "./overturned.ts";

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

Deno.test("replay() and the scores equal the golden engine cases in every bit", async () => {
  const { cases } = await loadGolden<{ cases: readonly EdgeCase[] }>("engine/engine-edge-cases.json");
  const run = kernelRun(bench);
  const left = overturnedIn("engine");
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
    if (left.has(edge.name)) {
      assert.notDeepEqual(replay.trades, expected.trades, `${edge.name} is listed as overturned, but holds`);
      continue;
    }
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
  assert.deepEqual(left.unmet(), []);
});
