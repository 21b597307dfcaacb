import assert from "node:assert/strict";
import { sweepInput } from "../../../tests/helpers/sweep.ts";
import { emptyCandles } from "../bars/mod.ts";
import { SameAsCount } from "./same_as.ts";

const { close, high, low, open, volume } = emptyCandles(1);
const sources = ["close", "high", "open", "hlc3"];
const { plan } = sweepInput({
  candles: { close, high, low, open, volume } as never,
  slice: { start: 0, stop: 1 },
  indicators: [{ id: "ma.sma", axes: { source: sources, window: [2, 3, 4, 5] } }],
  sl: [1, 2, 3],
  tp: [4, 5],
});

/** A variant by the positions of its source, window, stop and target. */
const at = (source: number, window: number, sl: number, tp: number) => ({
  stageAIndex: source * 4 + window,
  riskIndex: sl * 2 + tp,
});

Deno.test("13 SameAsCount tells the ends of numbers and every text that differ from the kept variant's", () => {
  const same = new SameAsCount(plan, at(0, 1, 1, 0));
  assert.equal(same.result, null);
  for (const source of [3, 0, 2, 1]) {
    for (const window of [3, 0, 2]) same.add(at(source, window, 1, 0));
  }
  assert.deepEqual(same.result, {
    count: 12,
    params: { "ma.sma.source": ["close", "high", "hlc3", "open"], "ma.sma.window": [2, 5] },
  });
});

Deno.test("13 SameAsCount leaves out what is as in the kept variant, and shows one other value as a range of itself", () => {
  const same = new SameAsCount(plan, at(0, 1, 1, 0));
  same.add(at(0, 1, 2, 1));
  assert.deepEqual(same.result, { count: 1, params: { sl_pct: [3, 3], tp_pct: [5, 5] } });
  same.add(at(0, 1, 0, 0));
  assert.deepEqual(same.result, { count: 2, params: { sl_pct: [1, 3], tp_pct: [4, 5] } });
});
