import assert from "node:assert/strict";
import { emptyCandles, type Timeline } from "../core/bars/mod.ts";
import { candlesHash } from "./candles_hash.ts";

function timeline(change: (candles: ReturnType<typeof emptyCandles>) => void = () => {}): Timeline {
  const candles = emptyCandles(70_000);
  for (const column of [candles.open, candles.high, candles.low, candles.close, candles.volume]) {
    column.fill(2);
  }
  candles.tsOpenMs.set(candles.tsOpenMs.map((_, i) => i * 60_000));
  change(candles);
  return { candles, timeframeMs: 60_000, slice: { start: 10, stop: 70_000 } };
}

Deno.test("candlesHash() is that of the bars: any bit, the slice, the closes and further columns change it", () => {
  const plain = candlesHash(timeline());
  assert.match(plain, /^[0-9a-f]{64}$/);
  assert.equal(candlesHash(timeline()), plain);
  const further = (name: string, value: number) => new Map([[name, new Float32Array(70_000).fill(value)]]);
  const others = [
    candlesHash(timeline(({ close }) => void (close[69_999] = 2.0000002))),
    candlesHash(timeline(({ volume }) => void (volume[0] = NaN))),
    candlesHash(timeline(({ tsOpenMs }) => void (tsOpenMs[66_000]! += 1))),
    candlesHash({ ...timeline(), slice: { start: 11, stop: 70_000 } }),
    candlesHash({ ...timeline(), tsCloseMs: new Float64Array(70_000) }),
    candlesHash({ ...timeline(), further: further("funding", 1) }),
    candlesHash({ ...timeline(), further: further("funding", 2) }),
    candlesHash({ ...timeline(), further: further("open_interest", 1) }),
  ];
  assert.equal(new Set([plain, ...others]).size, others.length + 1);
});
