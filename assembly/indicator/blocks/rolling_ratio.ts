import { f64At, putF64 } from "../../memory.ts";
import { scratchSeries } from "./rolling.ts";
import { rollingSum } from "./window_sums.ts";

/**
 * Sum of `numerators` over sum of `denominators`, each over its last `window` values. First value at `window - 1`. NaN
 * while either window holds a NaN, and where the denominator is 0, which it is exactly when the window holds nothing else.
 * The target must differ from both. `work` is room for two series of `count` f64.
 */
export function rollingRatio(
  numerators: usize,
  denominators: usize,
  target: usize,
  count: i32,
  window: i32,
  work: usize,
): void {
  const sums = scratchSeries(work, 0, count);
  const tails = scratchSeries(work, 1, count);
  rollingSum(numerators, target, count, window, tails);
  rollingSum(denominators, sums, count, window, tails);
  for (let t = 0; t < count; t++) {
    const denominator = f64At(sums, t);
    putF64(target, t, denominator == 0.0 ? NaN : f64At(target, t) / denominator);
  }
}
