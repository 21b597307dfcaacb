import { f64At, putF64 } from "../memory.ts";

/**
 * Writes position and value of every score that is at least `floor` and at least the `keep`-th best, ties included, in
 * order of position, and returns how many. `heap` has room for `min(keep, count)` scores, the targets for `count`.
 * Scores are finite.
 */
export function keepBest(
  scores: usize,
  count: i32,
  keep: i32,
  floor: f64,
  heap: usize,
  positions: usize,
  kept: usize,
): i32 {
  assert(count >= 0 && keep >= 1);
  const threshold = keep < count ? max<f64>(floor, nthBest(scores, count, keep, heap)) : floor;
  let found = 0;
  for (let i = 0; i < count; i++) {
    const score = f64At(scores, i);
    if (score < threshold) continue;
    putF64(positions, found, i as f64);
    putF64(kept, found, score);
    found++;
  }
  return found;
}

/** The `keep`-th best score, `keep <= count`: the top of a heap that holds the best `keep`, the worst of them on top. */
export function nthBest(scores: usize, count: i32, keep: i32, heap: usize): f64 {
  for (let i = 0; i < keep; i++) putF64(heap, i, f64At(scores, i));
  for (let i = (keep >> 1) - 1; i >= 0; i--) sink(heap, keep, i);
  for (let i = keep; i < count; i++) {
    const score = f64At(scores, i);
    if (score > f64At(heap, 0)) {
      putF64(heap, 0, score);
      sink(heap, keep, 0);
    }
  }
  return f64At(heap, 0);
}

function sink(heap: usize, size: i32, from: i32): void {
  const value = f64At(heap, from);
  let parent = from;
  let child = 2 * parent + 1;
  while (child < size) {
    if (child + 1 < size && f64At(heap, child + 1) < f64At(heap, child)) child++;
    if (f64At(heap, child) >= value) break;
    putF64(heap, parent, f64At(heap, child));
    parent = child;
    child = 2 * parent + 1;
  }
  putF64(heap, parent, value);
}
