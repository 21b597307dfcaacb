import { f32At, f32LanesAt, f64At, putF64 } from "../memory.ts";

/**
 * Writes for every level the first bar in `(entry, exit)` whose close reaches it, or `exit`. Levels are fractions of
 * the entry fill, ascending: `down` ones are reached by a close at or below `fill * (1 - level)`, `up` ones by a close
 * at or above `fill * (1 + level)`. An infinite level is never reached.
 *
 * One pass with a pointer per direction, because a level that was reached stays reached. Four bars at a time are
 * tested against the next two thresholds rounded to f32; rounding keeps order, so that test never misses a hit, and the
 * exact f64 comparison decides about the bars it lets through.
 */
export function findHits(
  close: usize,
  entry: i32,
  exit: i32,
  fill: f64,
  down: usize,
  downCount: i32,
  downBars: usize,
  up: usize,
  upCount: i32,
  upBars: usize,
): void {
  let nextDown = 0;
  let nextUp = 0;
  let floor = downThreshold(down, nextDown, downCount, fill);
  let ceiling = upThreshold(up, nextUp, upCount, fill);
  let t = entry + 1;
  while (t < exit && (floor > -Infinity || ceiling < Infinity)) {
    t = skipQuiet(close, t, exit, floor as f32, ceiling as f32);
    const last = min<i32>(t + 4, exit);
    for (; t < last; t++) {
      const price = f32At(close, t);
      while (floor > -Infinity && price <= floor) {
        putF64(downBars, nextDown++, t as f64);
        floor = downThreshold(down, nextDown, downCount, fill);
      }
      while (ceiling < Infinity && price >= ceiling) {
        putF64(upBars, nextUp++, t as f64);
        ceiling = upThreshold(up, nextUp, upCount, fill);
      }
    }
  }
  for (; nextDown < downCount; nextDown++) putF64(downBars, nextDown, exit as f64);
  for (; nextUp < upCount; nextUp++) putF64(upBars, nextUp, exit as f64);
}

/** First bar of the first four that may reach a threshold, or fewer than four bars before `exit`. */
export function skipQuiet(close: usize, from: i32, exit: i32, floor: f32, ceiling: f32): i32 {
  const floors = f32x4.splat(floor);
  const ceilings = f32x4.splat(ceiling);
  let t = from;
  while (t + 4 <= exit) {
    const prices = f32LanesAt(close, t);
    if (v128.any_true(v128.or(f32x4.le(prices, floors), f32x4.ge(prices, ceilings)))) break;
    t += 4;
  }
  return t;
}

function downThreshold(levels: usize, index: i32, count: i32, fill: f64): f64 {
  return index < count ? fill * (1.0 - f64At(levels, index)) : -Infinity;
}

function upThreshold(levels: usize, index: i32, count: i32, fill: f64): f64 {
  return index < count ? fill * (1.0 + f64At(levels, index)) : Infinity;
}
