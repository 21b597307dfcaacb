import { ema, mean } from "../blocks.ts";
import type { Oracles } from "./oracle.ts";

/** Oracles of the `ma.*` family. */
export const movingAverages: Oracles = {
  "ma.ema": ({ x, window }) => ema(x, window),
  "ma.sma": ({ x, window }) => mean(x, window),
};
