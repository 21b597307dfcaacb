import { integerAxis, movingAverageSources, sourceAxis } from "./axes.ts";
import type { IndicatorDefinition } from "./definition.ts";

const averageOfSource = {
  inputs: [],
  axes: [sourceAxis(movingAverageSources), integerAxis("window", 20)],
  rule: "compare_price_to_output",
  signalParams: [],
  output: "value",
  lookAhead: 0,
} as const satisfies Partial<IndicatorDefinition>;

/** The `ma.*` family. */
export const movingAverages: readonly IndicatorDefinition[] = [
  {
    id: "ma.ema",
    description: "Exponential moving average, weight 2 / (window + 1)",
    origin: "standard",
    ...averageOfSource,
  },
  {
    id: "ma.sma",
    description: "Simple moving average",
    origin: "standard",
    ...averageOfSource,
  },
];
