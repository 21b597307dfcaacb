import { f64At, putF64, putValue, valueAt } from "../../memory.ts";

// Sums, weighted sums and variances of windows in which no value outlives its window. The series is cut into blocks of
// `window`, so that a window is the tail of one block and the head of the next (van Herk and Gil-Werman, as in
// `rollingMax`). Heads grow bar by bar, tails are made backwards; both only ever take values in. So what is not in a window
// cannot leave rounding in its sum: a window of zeros sums to exactly 0, one huge price is gone when it has left, and a NaN
// blanks the windows that hold it. O(1) per bar, whatever the window.
//
// While the heads of a block are made, its tails are made for the next one, the two chains of additions side by side. The
// tails in use and those being made take turns in two rooms of `window` values; a series with more than one pair of them
// has two whole windows, so the rooms fit into `count` values.

/**
 * Sum of each of the last `window` values divided by `divisor`, in arrays of one float type: the tail of the older block
 * from its newest value to its oldest, plus the head of the newer one from its oldest to its newest. First value at
 * `window - 1`, NaN while the window holds a NaN. Source and target must differ. `tails` is room for `count` f64.
 */
export function windowSums<Value>(
  source: usize,
  target: usize,
  count: i32,
  window: i32,
  tails: usize,
  divisor: f64,
): void {
  let made = secondRoom(tails, window);
  for (let block = 0; block < count; block += window) {
    const used = made;
    made = nextRoom(used, tails, window);
    const goesOn = count - block > window;
    const length = min<i32>(window, count - block);
    let head: f64 = 0;
    let tail: f64 = 0;
    for (let i = 0; i < length; i++) {
      const t = block + i;
      head += valueAt<Value>(source, t);
      if (i == window - 1) putValue<Value>(target, t, head / divisor);
      else putValue<Value>(target, t, block == 0 ? NaN : (f64At(used, i + 1) + head) / divisor);
      if (goesOn) {
        const back = window - 1 - i;
        tail += valueAt<Value>(source, block + back);
        putF64(made, back, tail);
      }
    }
  }
}

/** {@link windowSums} of f64 values. */
export function rollingSum(source: usize, target: usize, count: i32, window: i32, tails: usize): void {
  windowSums<f64>(source, target, count, window, tails, 1);
}

/** {@link rollingSum} divided by the window. */
export function rollingMean(source: usize, target: usize, count: i32, window: i32, tails: usize): void {
  windowSums<f64>(source, target, count, window, tails, window as f64);
}

/**
 * Linearly weighted average of the last `window` values, the newest weighing `window` and the oldest 1. First value at
 * `window - 1`, NaN while the window holds a NaN. Source and target must differ. `tails` is room for `count` f64.
 */
export function weightedAverage(source: usize, target: usize, count: i32, window: i32, tails: usize): void {
  const size = window as f64;
  const total = size * (size + 1.0) / 2.0;
  let made = secondRoom(tails, window);
  for (let block = 0; block < count; block += window) {
    const used = made;
    made = nextRoom(used, tails, window);
    const goesOn = count - block > window;
    const length = min<i32>(window, count - block);
    let head: f64 = 0;
    let weightedHead: f64 = 0;
    let tail: f64 = 0;
    let weightedTail: f64 = 0;
    for (let i = 0; i < length; i++) {
      const t = block + i;
      const value = f64At(source, t);
      head += value;
      weightedHead += ((i + 1) as f64) * value;
      if (i == window - 1) putF64(target, t, weightedHead / total);
      else if (block == 0) putF64(target, t, NaN);
      else {
        // the tail's places come first: every place of the head moves up by its length
        const places = (window - 1 - i) as f64;
        putF64(target, t, (f64At(used, i + 1) + (weightedHead + places * head)) / total);
      }
      if (goesOn) {
        const back = window - 1 - i;
        tail += f64At(source, block + back);
        weightedTail += tail;
        putF64(made, back, weightedTail);
      }
    }
  }
}

/**
 * Population variance of the last `window` values, never below 0 and exactly 0 where all are equal. First value at
 * `window - 1`, NaN while the window holds a NaN. Source and target must differ. `tails` is room for two series of `count`
 * f64.
 *
 * Head and tail keep mean and sum of squared distances (Welford 1962), joined as in Chan, Golub and LeVeque 1983: squares
 * of prices, whose difference would drown small deviations, do not occur.
 */
export function rollingVariance(source: usize, target: usize, count: i32, window: i32, tails: usize): void {
  const size = window as f64;
  const bytes = (count as usize) << 3;
  let made = secondRoom(tails, window);
  for (let block = 0; block < count; block += window) {
    const used = made;
    made = nextRoom(used, tails, window);
    const goesOn = count - block > window;
    const length = min<i32>(window, count - block);
    let mean: f64 = 0;
    let squares: f64 = 0;
    let tailMean: f64 = 0;
    let tailSquares: f64 = 0;
    for (let i = 0; i < length; i++) {
      const t = block + i;
      const held = (i + 1) as f64;
      const share = 1.0 / held;
      const value = f64At(source, t);
      const distance = value - mean;
      mean += distance * share;
      squares += distance * (value - mean);
      if (i == window - 1) putF64(target, t, squares / size);
      else if (block == 0) putF64(target, t, NaN);
      else {
        const apart = f64At(used, i + 1) - mean;
        const joined = apart * apart * (held * (size - held) / size);
        putF64(target, t, (f64At(used + bytes, i + 1) + squares + joined) / size);
      }
      if (goesOn) {
        const back = window - 1 - i;
        const old = f64At(source, block + back);
        const away = old - tailMean;
        tailMean += away * share;
        tailSquares += away * (old - tailMean);
        putF64(made, back, tailMean);
        putF64(made + bytes, back, tailSquares);
      }
    }
  }
}

/** Square root of {@link rollingVariance}. */
export function rollingDeviation(source: usize, target: usize, count: i32, window: i32, tails: usize): void {
  rollingVariance(source, target, count, window, tails);
  for (let t = 0; t < count; t++) putF64(target, t, Math.sqrt(f64At(target, t)));
}

/** Where the tails of the next block are made, given where those in use are. */
function nextRoom(used: usize, tails: usize, window: i32): usize {
  return used == tails ? secondRoom(tails, window) : tails;
}

/** The second of two rooms of `window` f64; taken as in use before the first block, whose tails so go to the first. */
function secondRoom(tails: usize, window: i32): usize {
  return tails + ((window as usize) << 3);
}
