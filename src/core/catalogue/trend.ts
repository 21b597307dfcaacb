import { integerAxis } from "./axes.ts";
import type { IndicatorDefinition } from "./definition.ts";

/** The `trend.*` family. */
export const trend: readonly IndicatorDefinition[] = [
  {
    id: "trend.donchian",
    description: "Middle of the highest high and the lowest low",
    origin: "Richard Donchian",
    inputs: ["high", "low"],
    axes: [integerAxis("window", 20)],
    rule: "compare_price_to_output",
    signalParams: [],
    output: "donchian_mid",
    lookAhead: 0,
  },
];
