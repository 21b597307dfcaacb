import { inert, integerAxis, multiplierAxis, plainSources, sourceAxis } from "./axes.ts";
import type { IndicatorDefinition } from "./definition.ts";

/** The `volatility.*` family. */
export const volatility: readonly IndicatorDefinition[] = [
  {
    id: "volatility.bbands",
    description: "Middle Bollinger band, the simple average",
    origin: "John Bollinger, 1983",
    inputs: [],
    axes: [inert(multiplierAxis), sourceAxis(plainSources), integerAxis("window", 20)],
    rule: "compare_price_to_output",
    signalParams: [],
    output: "basis",
    lookAhead: 0,
  },
];
