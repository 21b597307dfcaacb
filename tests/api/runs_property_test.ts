import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson } from "../../src/core/text/mod.ts";
import { dailyCandles } from "../helpers/run_world.ts";
import { exampleStartMs, runApi } from "../helpers/run_api.ts";
import { runEngine } from "../oracle/engine.ts";
import type { Signal } from "../oracle/rules.ts";

const dayMs = 86_400_000;
const signals: Readonly<Record<string, Signal>> = { long: "L", short: "S", flat: "N" };

const runArbitrary = fc.record({
  closes: fc.array(fc.double({ min: 50, max: 150, noNaN: true }), { minLength: 12, maxLength: 30 }),
  timeframe: fc.constantFrom("1d", "2d", "3d"),
  every: fc.integer({ min: 1, max: 4 }),
  lookback: fc.integer({ min: 1, max: 8 }),
  actions: fc.array(fc.constantFrom("long", "short", "flat", "hold"), { minLength: 30, maxLength: 30 }),
});

Deno.test("no bar later than its step is ever shown, a context is the same bytes twice, and the end is the oracle's", async () => {
  await fc.assert(
    fc.asyncProperty(runArbitrary, async ({ closes, timeframe, every, lookback, actions }) => {
      const prices = closes.map(Math.fround);
      await using api = runApi({ testCandles: dailyCandles(prices, exampleStartMs) });
      const { run_id, total_steps, error } = await api.started({
        instrument_id: { market_id: 100, symbol: "ANY" },
        timeframe,
        time_range: {
          start: new Date(exampleStartMs + 3 * dayMs).toISOString(),
          end: new Date(exampleStartMs + 40 * dayMs).toISOString(),
        },
        warmup_bars: 2,
        lookback_bars: lookback,
        decision_every: every,
        indicators: [{ indicator_id: "ma.sma", params: { window: 2 } }],
        execution: { init_cash_quote: 1000, fee_pct: 0.1, slippage_pct: 0.05 },
      });
      assert.equal(error, null);
      const path = `/backtests/runs/${run_id}`;
      const lengthMs = Number(timeframe[0]) * dayMs;
      const decided: Signal[] = [];
      let side: Signal = "N";
      for (let step_index = 0; step_index < total_steps; step_index++) {
        const context = await api.send("GET", `${path}/context`);
        assert.equal((await api.send("GET", `${path}/context`)).text, context.text);
        const { bars, close_ts, indicators } = context.json;
        const last = Date.parse(bars.at(-1)[0]);
        assert.equal(last + lengthMs, Date.parse(close_ts));
        assert.ok(bars.length <= lookback && indicators[0].values.length === bars.length);
        for (const [ts] of bars) assert.ok(Date.parse(ts) <= last);
        const action = actions[step_index]!;
        side = signals[action] ?? side;
        decided.push(side);
        const { status, text } = await api.decide(run_id, { step_index, action });
        assert.equal(status, 200, text);
      }
      const { trades, metrics, manifest } = (await api.send("GET", `${path}/result`)).json;
      const tape = await api.runWorld.tapes.get((await api.runStores.runs.get(run_id))!, () => {
        throw new Error("it is kept");
      });
      const { slice, candles: { close } } = tape.timeline;
      const perBar = Array.from(
        close,
        (_, bar) => bar < slice.start ? "N" as const : decided[Math.floor((bar - slice.start) / every)]!,
      );
      const expected = runEngine({
        close,
        signals: perBar,
        slice,
        directionMode: "long-short",
        sizingMode: "all_in",
        execution: manifest.request.execution,
        risk: manifest.request.risk,
      });
      const plain = trades.map(({ entry_ts: _, exit_ts: __, ...trade }: Record<string, unknown>) => trade);
      assert.equal(canonicalJson(plain), canonicalJson(expected.trades));
      assert.equal(metrics.final_equity, expected.equity_end_quote);
    }),
    { numRuns: 25 },
  );
});
