import { WINDOW_MAX } from "../layout.ts";
import { f32At, putF32 } from "../memory.ts";

/**
 * Middle of the Donchian channel: `(highest high + lowest low) * 0.5` over `window`. First value at `window - 1`. NaN
 * while the window holds a NaN (a wasm min or max of NaN is NaN).
 *
 * Extremes by van Herk and Gil-Werman: the bars are cut into blocks of `window`; a window is the tail of one block, kept
 * in `scratch` (2 * WINDOW_MAX f32), and the head of the next, a running extreme.
 */
export function donchian(
  high: usize,
  low: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 1 && window <= WINDOW_MAX);
  const highTails = scratch;
  const lowTails = scratch + ((WINDOW_MAX as usize) << 2);
  for (let block = 0; block < count; block += window) {
    let top: f64 = -Infinity;
    let bottom: f64 = Infinity;
    const length = min<i32>(window, count - block);
    for (let i = 0; i < length; i++) {
      const t = block + i;
      top = max<f64>(top, f32At(high, t));
      bottom = min<f64>(bottom, f32At(low, t));
      if (i == window - 1) putF32(target, t, (top + bottom) * 0.5);
      else if (block == 0) putF32(target, t, NaN);
      else {
        const highest = max<f64>(top, f32At(highTails, i + 1));
        const lowest = min<f64>(bottom, f32At(lowTails, i + 1));
        putF32(target, t, (highest + lowest) * 0.5);
      }
    }
    if (length == window) {
      writeTails(high, low, block, window, highTails, lowTails);
    }
  }
}

function writeTails(
  high: usize,
  low: usize,
  block: i32,
  window: i32,
  highTails: usize,
  lowTails: usize,
): void {
  let top: f64 = -Infinity;
  let bottom: f64 = Infinity;
  for (let i = window - 1; i >= 0; i--) {
    top = max<f64>(top, f32At(high, block + i));
    bottom = min<f64>(bottom, f32At(low, block + i));
    putF32(highTails, i, top);
    putF32(lowTails, i, bottom);
  }
}
