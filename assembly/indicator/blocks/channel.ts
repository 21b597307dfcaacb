import { f64At, putF64 } from "../../memory.ts";
import { rollingMax, rollingMin, scratchSeries, widen } from "./rolling.ts";

/**
 * Highest high and lowest low over `window`, into the first and second scratch series; the third and fourth are
 * overwritten. First value at `window - 1`, NaN while a window holds a NaN of its own column.
 */
export function rollingChannel(high: usize, low: usize, scratch: usize, count: i32, window: i32): void {
  const values = scratchSeries(scratch, 2, count);
  const tails = scratchSeries(scratch, 3, count);
  widen(high, values, count);
  rollingMax(values, scratch, count, window, tails);
  widen(low, values, count);
  rollingMin(values, scratchSeries(scratch, 1, count), count, window, tails);
}

/** Middle of {@link rollingChannel}, `(highest + lowest) * 0.5`, into the first scratch series. */
export function channelMiddle(high: usize, low: usize, scratch: usize, count: i32, window: i32): void {
  rollingChannel(high, low, scratch, count, window);
  const lowest = scratchSeries(scratch, 1, count);
  for (let t = 0; t < count; t++) {
    putF64(scratch, t, (f64At(scratch, t) + f64At(lowest, t)) * 0.5);
  }
}
