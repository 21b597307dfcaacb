import assert from "node:assert/strict";
import { emptyCandles } from "../bars/mod.ts";
import { type Trade, tradeMembers } from "../execution/mod.ts";
import { withTimes } from "./trade_times.ts";

const trade: Trade = {
  trade_id: 1,
  direction: "short",
  entry_bar_index: 2,
  exit_bar_index: 4,
  entry_fill_price: 100,
  exit_fill_price: 80,
  qty_base: 10,
  entry_quote_amount: 1000,
  exit_quote_amount: 800,
  entry_fee_quote: 1,
  exit_fee_quote: 2,
  gross_pnl_quote: 200,
  net_pnl_quote: 197,
  locked_profit_quote: 50,
  exit_reason: "signal_exit",
};

Deno.test("withTimes() gives each trade the closes of its bars in UTC, over a weekend too", () => {
  const candles = emptyCandles(5);
  const opens = ["2026-01-01", "2026-01-02", "2026-01-05", "2026-01-06", "2026-01-07"];
  candles.tsOpenMs.set(opens.map((day) => Date.parse(`${day}T00:00:00Z`)));
  const timeline = { candles, timeframeMs: 86_400_000, slice: { start: 1, stop: 5 } };
  const [timed, onFirst] = withTimes([trade, { ...trade, entry_bar_index: 1, exit_bar_index: 1 }], timeline);
  assert.deepEqual(Object.keys(timed!), tradeMembers);
  assert.deepEqual({ ...timed }, {
    ...trade,
    entry_ts: "2026-01-06T00:00:00.000Z",
    exit_ts: "2026-01-08T00:00:00.000Z",
  });
  assert.deepEqual([onFirst!.entry_ts, onFirst!.exit_ts], [
    "2026-01-03T00:00:00.000Z",
    "2026-01-03T00:00:00.000Z",
  ]);
});

Deno.test("withTimes() gives the closes of bars that are not all of one length", () => {
  const candles = emptyCandles(5);
  const tsCloseMs = Float64Array.from(
    [24, 48, 71, 95, 119],
    (hour) => Date.UTC(2026, 2, 27) + hour * 3_600_000,
  );
  const timeline = { candles, timeframeMs: 86_400_000, tsCloseMs, slice: { start: 1, stop: 5 } };
  const [timed] = withTimes([trade], timeline);
  assert.deepEqual([timed!.entry_ts, timed!.exit_ts], [
    "2026-03-29T23:00:00.000Z",
    "2026-03-31T23:00:00.000Z",
  ]);
});
