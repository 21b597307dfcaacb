import { f64At, f64LanesAt, putF64, putF64Lanes } from "../../memory.ts";

// Sums that start anew in every window and add its values from the oldest to the newest. Two lanes hold the windows of
// two neighbouring bars, so the order of additions within a window is that of a scalar loop and so are the bits. Eight
// windows advance together to keep the adders busy.

/**
 * Sum of each of the last `window` values. First value at `window - 1`, NaN while the window holds a NaN. Costs
 * O(window) per bar. Source and target must differ.
 */
export function freshSum(source: usize, target: usize, count: i32, window: i32): void {
  for (let t = 0; t < min<i32>(count, window - 1); t++) putF64(target, t, NaN);
  let t = window - 1;
  for (; t + 8 <= count; t += 8) {
    let a = f64x2.splat(0);
    let b = f64x2.splat(0);
    let c = f64x2.splat(0);
    let d = f64x2.splat(0);
    for (let i = t + 1 - window; i <= t; i++) {
      a = f64x2.add(a, f64LanesAt(source, i));
      b = f64x2.add(b, f64LanesAt(source, i + 2));
      c = f64x2.add(c, f64LanesAt(source, i + 4));
      d = f64x2.add(d, f64LanesAt(source, i + 6));
    }
    putF64Lanes(target, t, a);
    putF64Lanes(target, t + 2, b);
    putF64Lanes(target, t + 4, c);
    putF64Lanes(target, t + 6, d);
  }
  for (; t < count; t++) {
    let sum: f64 = 0;
    for (let i = t + 1 - window; i <= t; i++) sum += f64At(source, i);
    putF64(target, t, sum);
  }
}

/**
 * Sum of `|x - centre|` over each of the last `window` values, the centre being that of the window's own bar. First
 * value at `window - 1`, NaN where the window or its centre is. Costs O(window) per bar. The target may be neither.
 */
export function freshDistances(
  source: usize,
  centres: usize,
  target: usize,
  count: i32,
  window: i32,
): void {
  for (let t = 0; t < min<i32>(count, window - 1); t++) putF64(target, t, NaN);
  let t = window - 1;
  for (; t + 8 <= count; t += 8) {
    const centreA = f64LanesAt(centres, t);
    const centreB = f64LanesAt(centres, t + 2);
    const centreC = f64LanesAt(centres, t + 4);
    const centreD = f64LanesAt(centres, t + 6);
    let a = f64x2.splat(0);
    let b = f64x2.splat(0);
    let c = f64x2.splat(0);
    let d = f64x2.splat(0);
    for (let i = t + 1 - window; i <= t; i++) {
      a = f64x2.add(a, distance(f64LanesAt(source, i), centreA));
      b = f64x2.add(b, distance(f64LanesAt(source, i + 2), centreB));
      c = f64x2.add(c, distance(f64LanesAt(source, i + 4), centreC));
      d = f64x2.add(d, distance(f64LanesAt(source, i + 6), centreD));
    }
    putF64Lanes(target, t, a);
    putF64Lanes(target, t + 2, b);
    putF64Lanes(target, t + 4, c);
    putF64Lanes(target, t + 6, d);
  }
  for (; t < count; t++) {
    const centre = f64At(centres, t);
    let sum: f64 = 0;
    for (let i = t + 1 - window; i <= t; i++) sum += Math.abs(f64At(source, i) - centre);
    putF64(target, t, sum);
  }
}

function distance(values: v128, centres: v128): v128 {
  return f64x2.abs(f64x2.sub(values, centres));
}
