import { i32At, putF32, putI32 } from "../../memory.ts";
import { RANKING_BYTES, rankValues } from "../blocks/window_order.ts";
import { scratchSeries } from "../blocks/rolling.ts";

/**
 * Share of the last `window` values, the current one included, that are not above the current one, in percent: above 0,
 * up to 100. First value at `window - 1`, NaN while the window holds a NaN. Needs 3 scratch series.
 *
 * The values of the window are counted in a Fenwick tree over the ranks of all values, so a bar costs the logarithm of
 * the series' length whatever the window. An exact count needs an ordered structure, which has no O(1) update.
 */
export function percentRank(source: usize, target: usize, scratch: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const ranks = scratch + (RANKING_BYTES as usize);
  const work = scratchSeries(ranks, 1, count);
  const ranked = rankValues(source, ranks, work, scratch, count);
  const tree = work;
  memory.fill(tree, 0, ((ranked + 1) as usize) << 2);
  let missing = 0;
  for (let t = 0; t < count; t++) {
    const rank = i32At(ranks, t);
    if (rank == 0) missing++;
    else add(tree, ranked, rank, 1);
    if (t >= window) {
      const old = i32At(ranks, t - window);
      if (old == 0) missing--;
      else add(tree, ranked, old, -1);
    }
    const known = t + 1 >= window && missing == 0;
    putF32(target, t, known ? ((countUpTo(tree, rank) as f64) / (window as f64)) * 100.0 : NaN);
  }
}

/** Counts `by` more values of a rank. Node i of a Fenwick tree holds the ranks `(i - lowest bit of i, i]`. */
function add(tree: usize, ranked: i32, rank: i32, by: i32): void {
  for (let node = rank; node <= ranked; node += node & -node) putI32(tree, node, i32At(tree, node) + by);
}

function countUpTo(tree: usize, rank: i32): i32 {
  let total = 0;
  for (let node = rank; node > 0; node -= node & -node) total += i32At(tree, node);
  return total;
}
