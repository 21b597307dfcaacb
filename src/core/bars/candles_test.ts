import assert from "node:assert/strict";
import { closeClock, closesOf, emptyCandles, type Timeline } from "./candles.ts";

const hourMs = 3_600_000;

function timeline(tsOpenMs: readonly number[], tsCloseMs?: readonly number[]): Timeline {
  const candles = emptyCandles(tsOpenMs.length);
  candles.tsOpenMs.set(tsOpenMs);
  const closes = tsCloseMs && { tsCloseMs: Float64Array.from(tsCloseMs) };
  return { candles, timeframeMs: 24 * hourMs, slice: { start: 0, stop: tsOpenMs.length }, ...closes };
}

Deno.test("bars of one length close that much after they open, and their opens keep the time between closes, uncopied", () => {
  const bars = timeline([0, 24 * hourMs, 72 * hourMs]);
  assert.deepEqual([...closesOf(bars)], [24 * hourMs, 48 * hourMs, 96 * hourMs]);
  assert.equal(closeClock(bars), bars.candles.tsOpenMs);
});

Deno.test("a day on which clocks change closes when its market does, and is as long as it is", () => {
  // the second day has 23 hours
  const closes = [24 * hourMs, 47 * hourMs, 71 * hourMs];
  const bars = timeline([0, 24 * hourMs, 47 * hourMs], closes);
  assert.deepEqual([...closesOf(bars)], closes);
  const clock = closeClock(bars);
  assert.deepEqual([clock[1]! - clock[0]!, clock[2]! - clock[1]!], [23 * hourMs, 24 * hourMs]);
});
