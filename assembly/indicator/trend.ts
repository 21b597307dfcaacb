import { f64At, putF32 } from "../memory.ts";
import { rollingMax, rollingMin, scratchSeries, widen } from "./rolling.ts";

/**
 * Middle of the Donchian channel: `(highest high + lowest low) * 0.5` over `window`. First value at `window - 1`. NaN
 * while the window holds a NaN. Needs 4 scratch series.
 */
export function donchian(
  high: usize,
  low: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 1);
  const source = scratchSeries(scratch, 0, count);
  const highest = scratchSeries(scratch, 1, count);
  const lowest = scratchSeries(scratch, 2, count);
  const tails = scratchSeries(scratch, 3, count);
  widen(high, source, count);
  rollingMax(source, highest, count, window, tails);
  widen(low, source, count);
  rollingMin(source, lowest, count, window, tails);
  for (let t = 0; t < count; t++) putF32(target, t, (f64At(highest, t) + f64At(lowest, t)) * 0.5);
}
