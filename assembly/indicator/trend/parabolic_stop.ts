import { f32At, putF32 } from "../../memory.ts";

/**
 * Wilder's parabolic stop and reverse (New Concepts in Technical Trading Systems, 1978), with start and step apart. Of the
 * first two bars the larger move decides: short if the low fell by more than the high rose, else long. The stop of a long
 * begins at the first low, moves by `af * (extreme - stop)` a bar, never above the low of its bar and of the one before;
 * `af` begins at `accelStart` and grows by `accelStep`, up to `accelMax`, with every new high. A low at or below the stop
 * turns it short: the stop is then the highest of the extreme and the last two highs, and moves on from there at once. A
 * short is the mirror.
 *
 * First value on the second bar. A bar without high or low is NaN and begins everything anew. With `sides` the side after
 * each bar is written instead: 1 long, -1 short.
 */
export function psar(
  high: usize,
  low: usize,
  target: usize,
  count: i32,
  accelMax: f64,
  accelStart: f64,
  accelStep: f64,
  sides: bool,
): void {
  assert(count >= 0 && accelStart > 0.0 && accelStep > 0.0 && accelMax > 0.0);
  // A short is a long in prices times -1: state and bar are kept as the long has them, and multiplied back.
  let side: f64 = 0;
  let stop: f64 = NaN;
  let extreme: f64 = NaN;
  let acceleration = accelStart;
  let previousTop: f64 = NaN;
  let previousBottom: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const top = f32At(high, t);
    const bottom = f32At(low, t);
    // NaN on the first bar of a stretch and on a hole
    const rise = top - previousTop;
    const fall = previousBottom - bottom;
    if (isNaN<f64>(rise + fall)) {
      const known = !isNaN<f64>(top) && !isNaN<f64>(bottom);
      side = 0.0;
      previousTop = known ? top : NaN;
      previousBottom = known ? bottom : NaN;
      putF32(target, t, NaN);
      continue;
    }
    if (side == 0.0) {
      side = fall > 0.0 && fall > rise ? -1.0 : 1.0;
      stop = side > 0.0 ? previousBottom : -previousTop;
      extreme = side > 0.0 ? top : -bottom;
      acceleration = accelStart;
      previousTop = top;
      previousBottom = bottom;
    }
    const lowest = min<f64>(previousBottom, bottom);
    const highest = max<f64>(previousTop, top);
    let held = side > 0.0 ? lowest : -highest;
    if ((side > 0.0 ? bottom : -top) <= stop) {
      side = -side;
      held = side > 0.0 ? lowest : -highest;
      stop = min<f64>(-extreme, held);
      extreme = side > 0.0 ? top : -bottom;
      acceleration = accelStart;
    } else {
      const reached = side > 0.0 ? top : -bottom;
      acceleration = reached > extreme ? min<f64>(accelMax, acceleration + accelStep) : acceleration;
      extreme = max<f64>(extreme, reached);
    }
    // adding 0 makes -0 the same as 0
    putF32(target, t, sides ? side : side * stop + 0.0);
    stop = min<f64>(stop + acceleration * (extreme - stop), held);
    previousTop = top;
    previousBottom = bottom;
  }
}
