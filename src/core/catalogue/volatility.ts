import { inert, integerAxis, multiplierAxis, plainSources, sourceAxis } from "./axes.ts";
import type { IndicatorDefinition } from "./definition.ts";
import { axis, fixed, seed } from "./lookback_terms.ts";

const deltaSign = {
  rule: "delta_sign",
  signalParams: ["long_delta_periods", "short_delta_periods"],
  lookAhead: 0,
} as const satisfies Partial<IndicatorDefinition>;

const bandOrder = ["source", "window", "mult"];

/** The `volatility.*` family. */
export const volatility = [
  {
    id: "volatility.atr",
    description: "Average true range: Wilder's average of the true range",
    origin: "J. Welles Wilder, New Concepts in Technical Trading Systems, 1978",
    inputs: ["high", "low", "close"],
    axes: [integerAxis("window", 20)],
    output: "atr",
    ...deltaSign,
    lookback: seed("rma", "window"),
  },
  {
    id: "volatility.bbands",
    description: "Middle Bollinger band, the simple average",
    origin: "John Bollinger, 1983",
    inputs: [],
    axes: [inert(multiplierAxis), sourceAxis(plainSources), integerAxis("window", 20)],
    rule: "compare_price_to_output",
    signalParams: [],
    argumentOrder: bandOrder,
    output: "basis",
    otherOutputs: ["upper", "lower"].map((name) => ({ name, lookback: axis("window", -1) })),
    lookAhead: 0,
    lookback: axis("window", -1),
  },
  {
    id: "volatility.bbands_bandwidth",
    description: "Distance of the Bollinger bands as a fraction of the middle one",
    origin: "John Bollinger, Bollinger on Bollinger Bands, 2001",
    inputs: [],
    axes: [multiplierAxis, sourceAxis(plainSources), integerAxis("window", 20)],
    argumentOrder: bandOrder,
    output: "bbands_bandwidth",
    ...deltaSign,
    lookback: axis("window", -1),
  },
  {
    id: "volatility.bbands_percent_b",
    description: "Place of the price between the Bollinger bands, 0 on the lower and 1 on the upper",
    origin: "John Bollinger, Bollinger on Bollinger Bands, 2001",
    inputs: [],
    axes: [multiplierAxis, sourceAxis(plainSources), integerAxis("window", 20)],
    rule: "threshold_band",
    signalParams: ["long_threshold", "short_threshold"],
    argumentOrder: bandOrder,
    output: "bbands_percent_b",
    lookAhead: 0,
    lookback: axis("window", -1),
  },
  {
    id: "volatility.hv",
    description: "Historical volatility: annualized deviation of log returns, in percent",
    origin: "standard",
    inputs: [],
    axes: [integerAxis("annualization", 365), sourceAxis(plainSources), integerAxis("window", 20)],
    argumentOrder: ["source", "window", "annualization"],
    output: "hv",
    ...deltaSign,
    lookback: axis("window"),
  },
  {
    id: "volatility.stddev",
    description: "Population standard deviation of the price",
    origin: "standard",
    inputs: [],
    axes: [sourceAxis(plainSources), integerAxis("window", 20)],
    output: "stddev",
    ...deltaSign,
    lookback: axis("window", -1),
  },
  {
    id: "volatility.tr",
    description: "True range: the bar's range, extended to the previous close",
    origin: "J. Welles Wilder, New Concepts in Technical Trading Systems, 1978",
    inputs: ["high", "low", "close"],
    axes: [],
    output: "tr",
    ...deltaSign,
    lookback: fixed(1),
  },
  {
    id: "volatility.variance",
    description: "Population variance of the price",
    origin: "standard",
    inputs: [],
    axes: [sourceAxis(plainSources), integerAxis("window", 20)],
    output: "variance",
    ...deltaSign,
    lookback: axis("window", -1),
  },
] as const satisfies readonly IndicatorDefinition[];
