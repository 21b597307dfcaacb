import {
  RULE_ABS,
  RULE_ADD,
  RULE_DIVIDE,
  RULE_LOG,
  RULE_MAX,
  RULE_MIN,
  RULE_MULTIPLY,
  RULE_SQRT,
  RULE_SUBTRACT,
} from "../layout.ts";
import { bitAt, f32At, f64At, i32At, putF32 } from "../memory.ts";
import { rollingSum } from "../indicator/blocks/window_sums.ts";
import { scratchSeries, widen } from "../indicator/blocks/rolling.ts";

// Series of expressions: f32 a bar, NaN where unknown. Everything is computed in f64 and rounded once; what is not finite
// then is unknown. A series at address 0 stands for a number, which is the same on every bar and not rounded before.

/** One of `x + y`, `x - y`, `x * y`, `x / y`, `min(x, y)` and `max(x, y)`; `x / 0` is unknown. */
export function arithmetic(
  operator: i32,
  x: usize,
  xNumber: f64,
  y: usize,
  yNumber: f64,
  target: usize,
  count: i32,
): void {
  assert(count >= 0);
  for (let t = 0; t < count; t++) {
    const a = x == 0 ? xNumber : f32At(x, t);
    const b = y == 0 ? yNumber : f32At(y, t);
    let value: f64 = NaN;
    if (operator == RULE_ADD) value = a + b;
    else if (operator == RULE_SUBTRACT) value = a - b;
    else if (operator == RULE_MULTIPLY) value = a * b;
    else if (operator == RULE_DIVIDE) value = b == 0.0 ? NaN : a / b;
    else if (operator == RULE_MIN) value = min<f64>(a, b);
    else if (operator == RULE_MAX) value = max<f64>(a, b);
    putFinite(target, t, value);
  }
}

/** One of `-x`, `abs(x)`, `log(x)` and `sqrt(x)`, the latter two unknown outside their domain. */
export function unary(operator: i32, x: usize, target: usize, count: i32): void {
  assert(count >= 0);
  for (let t = 0; t < count; t++) {
    const value = f32At(x, t);
    if (operator == RULE_SUBTRACT) putFinite(target, t, -value);
    else if (operator == RULE_ABS) putFinite(target, t, Math.abs(value));
    else if (operator == RULE_LOG) putFinite(target, t, value > 0.0 ? Math.log(value) : NaN);
    else if (operator == RULE_SQRT) putFinite(target, t, Math.sqrt(value));
    else putF32(target, t, NaN);
  }
}

/** `x[t - bars]`, unknown before bar `bars`. Source and target must differ. */
export function previous(x: usize, target: usize, count: i32, bars: i32): void {
  assert(count >= 0 && bars >= 0);
  const unknown = min<i32>(bars, count);
  for (let t = 0; t < unknown; t++) putF32(target, t, NaN);
  if (bars >= count) return;
  memory.copy(target + ((bars as usize) << 2), x, ((count - bars) as usize) << 2);
}

/** `x[t] - x[t - bars]`, unknown before bar `bars`. Source and target must differ. */
export function change(x: usize, target: usize, count: i32, bars: i32): void {
  assert(count >= 0 && bars >= 0);
  for (let t = 0; t < count; t++) putFinite(target, t, t < bars ? NaN : f32At(x, t) - f32At(x, t - bars));
}

/**
 * Sum of the last `window` values, made of the window's own. First value at `window - 1`, unknown while the window holds
 * what is. Needs 3 scratch series.
 */
export function windowSum(x: usize, target: usize, scratch: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const values = scratchSeries(scratch, 1, count);
  widen(x, values, count);
  rollingSum(values, scratch, count, window, scratchSeries(scratch, 2, count));
  for (let t = 0; t < count; t++) putFinite(target, t, f64At(scratch, t));
}

/** Bars since the mask was last set, 0 where it is; unknown before the first. */
export function barsSince(mask: usize, target: usize, count: i32): void {
  assert(count >= 0);
  let last = -1;
  for (let t = 0; t < count; t++) {
    if (bitAt(mask, t) != 0) last = t;
    putF32(target, t, last < 0 ? NaN : ((t - last) as f64));
  }
}

/** The value of `x` on the last bar where the mask was set, that bar included; unknown before the first. */
export function valueWhen(mask: usize, x: usize, target: usize, count: i32): void {
  assert(count >= 0);
  let value: f64 = NaN;
  for (let t = 0; t < count; t++) {
    if (bitAt(mask, t) != 0) value = f32At(x, t);
    putF32(target, t, value);
  }
}

/** Makes unknown of what is infinite, in place, and maybe in the slack behind the last bar. */
export function dropInfinite(series: usize, count: i32): void {
  assert(count >= 0);
  const infinity = f32x4.splat(Infinity as f32);
  const unknown = f32x4.splat(NaN as f32);
  const end = series + ((count as usize) << 2);
  for (let at = series; at < end; at += 16) {
    const values = v128.load(at);
    const infinite = f32x4.eq(f32x4.abs(values), infinity);
    if (v128.any_true(infinite)) v128.store(at, v128.bitselect(unknown, values, infinite));
  }
}

/** `x[steps[t]]`, unknown where the step is below 0. */
export function stepSeries(x: usize, steps: usize, target: usize, count: i32): void {
  assert(count >= 0);
  for (let t = 0; t < count; t++) {
    const step = i32At(steps, t);
    putF32(target, t, step < 0 ? NaN : f32At(x, step));
  }
}

function putFinite(target: usize, index: i32, value: f64): void {
  const rounded = value as f32;
  store<f32>(
    target + ((index as usize) << 2),
    Mathf.abs(rounded) < (Infinity as f32) ? rounded : (NaN as f32),
  );
}
