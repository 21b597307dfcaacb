import { f64At, i32At, putF64, putI32 } from "../../memory.ts";

/**
 * Bars since the highest of the last `window` values, 0 to `window - 1`; of equal values the most recent one counts.
 * First value at `window - 1`, NaN while the window holds a NaN. Source and target must differ.
 *
 * `candidates` is room for `count` i32: the bars that are higher than all later ones, oldest first. Each bar enters and
 * leaves it once.
 */
export function barsSinceMax(
  source: usize,
  target: usize,
  count: i32,
  window: i32,
  candidates: usize,
): void {
  let oldest = 0;
  let end = 0;
  let sinceHole = 0;
  for (let t = 0; t < count; t++) {
    const value = f64At(source, t);
    if (isNaN<f64>(value)) {
      oldest = end = sinceHole = 0;
      putF64(target, t, NaN);
      continue;
    }
    sinceHole++;
    while (end > oldest && f64At(source, i32At(candidates, end - 1)) <= value) end--;
    putI32(candidates, end++, t);
    if (i32At(candidates, oldest) <= t - window) oldest++;
    putF64(target, t, sinceHole >= window ? (t - i32At(candidates, oldest)) as f64 : NaN);
  }
}
