import { inert, integerAxis, plainSources, sourceAxis } from "./axes.ts";
import type { IndicatorDefinition } from "./definition.ts";

/** The `momentum.*` family. */
export const momentum: readonly IndicatorDefinition[] = [
  {
    id: "momentum.macd",
    description: "Difference of a fast and a slow exponential average",
    origin: "Gerald Appel, 1979",
    inputs: [],
    axes: [
      integerAxis("fast_window", 12),
      inert(integerAxis("signal_window", 9)),
      integerAxis("slow_window", 26),
      sourceAxis(plainSources),
    ],
    rule: "sign",
    signalParams: [],
    output: "macd",
    lookAhead: 0,
  },
  {
    id: "momentum.rsi",
    description: "Relative strength: average gain against average loss, 0 to 100",
    origin: "J. Welles Wilder, New Concepts in Technical Trading Systems, 1978",
    inputs: [],
    axes: [sourceAxis(plainSources), integerAxis("window", 14)],
    rule: "threshold_band",
    signalParams: ["long_threshold", "short_threshold"],
    output: "rsi",
    lookAhead: 0,
  },
];
