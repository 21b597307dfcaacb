import { f64At, putF64 } from "../memory.ts";

/**
 * Sum of `numerators` over sum of `denominators`, each over its last `window` values as a running sum that is never
 * reset: the new value is added, then the one that left is subtracted. First value at `window - 1`. NaN while either
 * window holds a NaN, and where the denominator is 0. The target must differ from both.
 */
export function rollingRatio(
  numerators: usize,
  denominators: usize,
  target: usize,
  count: i32,
  window: i32,
): void {
  let numerator: f64 = 0;
  let denominator: f64 = 0;
  let missing = 0;
  for (let t = 0; t < count; t++) {
    const above = f64At(numerators, t);
    const below = f64At(denominators, t);
    if (isNaN<f64>(above)) missing++;
    else numerator += above;
    if (isNaN<f64>(below)) missing++;
    else denominator += below;
    if (t >= window) {
      const oldAbove = f64At(numerators, t - window);
      const oldBelow = f64At(denominators, t - window);
      if (isNaN<f64>(oldAbove)) missing--;
      else numerator -= oldAbove;
      if (isNaN<f64>(oldBelow)) missing--;
      else denominator -= oldBelow;
    }
    const known = t + 1 >= window && missing == 0 && denominator != 0.0;
    putF64(target, t, known ? numerator / denominator : NaN);
  }
}
