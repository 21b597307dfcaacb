import { mean } from "../blocks.ts";
import type { Oracles } from "./oracle.ts";

/** Oracles of the `volatility.*` family. */
export const volatility: Oracles = {
  "volatility.bbands": ({ x, window }) => mean(x, window),
};
