import { highest, lowest } from "../blocks.ts";
import type { Oracles } from "./oracle.ts";

/** Oracles of the `trend.*` family. */
export const trend: Oracles = {
  "trend.donchian": ({ candles, window }) => {
    const top = highest(candles.high, window);
    const bottom = lowest(candles.low, window);
    return top.map((value, t) => (value + bottom[t]) * 0.5);
  },
};
