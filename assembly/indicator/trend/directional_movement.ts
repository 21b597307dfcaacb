import { f32At, f64At, putF32, putF64 } from "../../memory.ts";
import {
  averageNext,
  averageTrueRange,
  roundSeries,
  scratchSeries,
  trueRange,
  wilderWeight,
} from "../blocks/rolling.ts";
import { rollingRatio } from "../blocks/rolling_ratio.ts";

/**
 * Average directional index: Wilder's average over `smoothing` of `100 * (|p - m| / (p + m))`, where `p` and `m` are 100
 * times the averages over `window` of upward and downward movement, divided by the average true range. Movement is 0
 * where the previous bar has none. First value at the first bar that moves, 1 at the earliest. NaN at a NaN and on the
 * bar after it, where averages start anew, and where `p + m` or the range is 0, or has faded to what an f64 holds with
 * fewer digits. Needs 1 scratch series.
 */
export function adx(
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
  smoothing: i32,
): void {
  assert(count >= 0 && window >= 1 && smoothing >= 1);
  averageTrueRange(high, low, close, scratch, count, window);
  const weight = wilderWeight(window);
  const smoothingWeight = wilderWeight(smoothing);
  let previousHigh: f64 = NaN;
  let previousLow: f64 = NaN;
  let plus: f64 = NaN;
  let minus: f64 = NaN;
  let average: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const top = f32At(high, t);
    const bottom = f32At(low, t);
    const hole = isNaN<f64>(top) || isNaN<f64>(bottom);
    // Comparisons with NaN are false, so a bar without a previous one moves by 0.
    const up = top - previousHigh;
    const down = previousLow - bottom;
    plus = averageNext(plus, hole ? NaN : up > down && up > 0.0 ? up : 0.0, weight);
    minus = averageNext(minus, hole ? NaN : down > up && down > 0.0 ? down : 0.0, weight);
    average = averageNext(average, directionalIndex(plus, minus, f64At(scratch, t)), smoothingWeight);
    putF32(target, t, average);
    previousHigh = top;
    previousLow = bottom;
  }
}

/**
 * One of Wilder's directional indicators, which {@link adx} is made of: 100 times the average over `window` of upward
 * (`plus`) or downward movement, divided by the average true range. First value at 0. NaN at a NaN, where averages start
 * anew, and where the range is 0 or has faded. Needs 1 scratch series.
 */
export function directionalIndicator(
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
  plus: bool,
): void {
  assert(count >= 0 && window >= 1);
  averageTrueRange(high, low, close, scratch, count, window);
  const weight = wilderWeight(window);
  let previousHigh: f64 = NaN;
  let previousLow: f64 = NaN;
  let average: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const top = f32At(high, t);
    const bottom = f32At(low, t);
    const hole = isNaN<f64>(top) || isNaN<f64>(bottom);
    const up = top - previousHigh;
    const down = previousLow - bottom;
    const own = plus ? up : down;
    const other = plus ? down : up;
    average = averageNext(average, hole ? NaN : own > other && own > 0.0 ? own : 0.0, weight);
    const range = f64At(scratch, t);
    putF32(target, t, Math.abs(range) < RANGE_MIN ? NaN : 100.0 * (average / range));
    previousHigh = top;
    previousLow = bottom;
  }
}

/**
 * Positive vortex indicator: sum of `|h - l'|`, with the previous low, over the sum of true ranges, both over `window`;
 * with `minus` the negative one, of `|l - h'|` with the previous high.
 * First value at `window`. NaN while the window holds a NaN or the bar after one, and where the range is 0. Needs 5
 * scratch series.
 */
export function vortex(
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
  minus: bool,
): void {
  assert(count >= 0 && window >= 1);
  const ratio = scratchSeries(scratch, 0, count);
  const movements = scratchSeries(scratch, 1, count);
  const ranges = scratchSeries(scratch, 2, count);
  const reached = minus ? low : high;
  const left = minus ? high : low;
  let previous: f64 = NaN;
  for (let t = 0; t < count; t++) {
    putF64(movements, t, Math.abs(f32At(reached, t) - previous));
    previous = f32At(left, t);
  }
  trueRange(high, low, close, ranges, count);
  rollingRatio(movements, ranges, ratio, count, window, scratchSeries(scratch, 3, count));
  roundSeries(ratio, target, count);
}

/** Far below any f32 price, and far above the f64 values that lose digits: a market that has not moved for ages. */
const RANGE_MIN: f64 = 1e-280;

function directionalIndex(plus: f64, minus: f64, range: f64): f64 {
  if (Math.abs(range) < RANGE_MIN) return NaN;
  const up = 100.0 * (plus / range);
  const down = 100.0 * (minus / range);
  const sum = up + down;
  return sum == 0.0 ? NaN : 100.0 * (Math.abs(up - down) / sum);
}
