import { SIDE_LONG, SIDE_SHORT } from "../../assembly/layout.ts";
import type { BarSlice } from "../../src/core/bars/mod.ts";
import type { Replay } from "../../src/core/execution/mod.ts";

/**
 * One side per slice bar (0, SIDE_LONG, SIDE_SHORT), read back from the trades of a base variant: without stop and
 * target each run of equal signals is one trade.
 */
export function signalTape({ trades }: Replay, slice: BarSlice): Uint8Array {
  const sides = new Uint8Array(slice.stop - slice.start);
  for (const trade of trades) {
    const end = trade.exit_bar_index + (trade.exit_reason === "forced_close" ? 1 : 0);
    const side = trade.direction === "long" ? SIDE_LONG : SIDE_SHORT;
    sides.fill(side, trade.entry_bar_index - slice.start, end - slice.start);
  }
  return sides;
}
