import { inert, integerAxis, multiplierAxis, plainSources, sourceAxis } from "./axes.ts";
import type { IndicatorDefinition } from "./definition.ts";

const deltaSign = {
  rule: "delta_sign",
  signalParams: ["long_delta_periods", "short_delta_periods"],
  lookAhead: 0,
} as const satisfies Partial<IndicatorDefinition>;

/** The `volatility.*` family. */
export const volatility: readonly IndicatorDefinition[] = [
  {
    id: "volatility.atr",
    description: "Average true range: Wilder's average of the true range",
    origin: "J. Welles Wilder, New Concepts in Technical Trading Systems, 1978",
    inputs: ["high", "low", "close"],
    axes: [integerAxis("window", 20)],
    output: "atr",
    ...deltaSign,
  },
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
  {
    id: "volatility.bbands_bandwidth",
    description: "Distance of the Bollinger bands as a fraction of the middle one",
    origin: "John Bollinger, Bollinger on Bollinger Bands, 2001",
    inputs: [],
    axes: [multiplierAxis, sourceAxis(plainSources), integerAxis("window", 20)],
    output: "bbands_bandwidth",
    ...deltaSign,
  },
  {
    id: "volatility.bbands_percent_b",
    description: "Place of the price between the Bollinger bands, 0 on the lower and 1 on the upper",
    origin: "John Bollinger, Bollinger on Bollinger Bands, 2001",
    inputs: [],
    axes: [multiplierAxis, sourceAxis(plainSources), integerAxis("window", 20)],
    rule: "threshold_band",
    signalParams: ["long_threshold", "short_threshold"],
    output: "bbands_percent_b",
    lookAhead: 0,
  },
  {
    id: "volatility.hv",
    description: "Historical volatility: annualized deviation of log returns, in percent",
    origin: "standard",
    inputs: [],
    axes: [integerAxis("annualization", 365), sourceAxis(plainSources), integerAxis("window", 20)],
    output: "hv",
    ...deltaSign,
  },
  {
    id: "volatility.stddev",
    description: "Population standard deviation of the price",
    origin: "standard",
    inputs: [],
    axes: [sourceAxis(plainSources), integerAxis("window", 20)],
    output: "stddev",
    ...deltaSign,
  },
  {
    id: "volatility.tr",
    description: "True range: the bar's range, extended to the previous close",
    origin: "J. Welles Wilder, New Concepts in Technical Trading Systems, 1978",
    inputs: ["high", "low", "close"],
    axes: [],
    output: "tr",
    ...deltaSign,
  },
  {
    id: "volatility.variance",
    description: "Population variance of the price",
    origin: "standard",
    inputs: [],
    axes: [sourceAxis(plainSources), integerAxis("window", 20)],
    output: "variance",
    ...deltaSign,
  },
];
