import { inert, integerAxis, plainSources, sourceAxis } from "./axes.ts";
import type { IndicatorDefinition } from "./definition.ts";
import { axis, fixed, longest, seed, sum } from "./lookback_terms.ts";

const band = {
  rule: "threshold_band",
  signalParams: ["long_threshold", "short_threshold"],
  lookAhead: 0,
} as const satisfies Partial<IndicatorDefinition>;

const aroundZero = {
  rule: "sign",
  signalParams: [],
  lookAhead: 0,
} as const satisfies Partial<IndicatorDefinition>;

const fastAndSlow = [
  integerAxis("fast_window", 12),
  inert(integerAxis("signal_window", 9)),
  integerAxis("slow_window", 26),
  sourceAxis(plainSources),
];

const fastSlowOrder = ["source", "fast_window", "slow_window", "signal_window"];

const slowerSeed = longest(seed("ema", "fast_window"), seed("ema", "slow_window"));

const smoothedRsi = sum(
  fixed(1),
  seed("rma", "rsi_window"),
  axis("k_window", -1),
  axis("smoothing", -1),
);

const signalAndHistogram = ["signal", "histogram"].map((name) => ({
  name,
  lookback: sum(slowerSeed, seed("ema", "signal_window")),
}));

/** The `momentum.*` family. */
export const momentum = [
  {
    id: "momentum.cci",
    description: "Commodity channel index: typical price from its mean, in 0.015 mean absolute deviations",
    origin: "Donald Lambert, 1980",
    inputs: ["high", "low", "close"],
    axes: [integerAxis("window", 14)],
    output: "cci",
    ...band,
    lookback: axis("window", -1),
    differs: {
      reference: "on equal prices whatever rounding makes of 0 / 0",
      here: "missing",
      why: "the deviation is 0",
    },
  },
  {
    id: "momentum.fisher",
    description: "Fisher transform of where the middle price lies in its recent range, without smoothing",
    origin: "John Ehlers, Using the Fisher Transform, 2002",
    inputs: ["high", "low"],
    axes: [integerAxis("window", 14)],
    output: "fisher",
    ...aroundZero,
    lookback: axis("window", -1),
  },
  {
    id: "momentum.macd",
    description: "Difference of a fast and a slow exponential average",
    origin: "Gerald Appel, 1979",
    inputs: [],
    axes: fastAndSlow,
    argumentOrder: fastSlowOrder,
    output: "macd",
    otherOutputs: signalAndHistogram,
    ...aroundZero,
    lookback: slowerSeed,
  },
  {
    id: "momentum.ppo",
    description: "MACD line in percent of the slow average",
    origin: "Gerald Appel",
    inputs: [],
    axes: fastAndSlow,
    argumentOrder: fastSlowOrder,
    output: "ppo",
    otherOutputs: signalAndHistogram,
    ...aroundZero,
    lookback: slowerSeed,
  },
  {
    id: "momentum.roc",
    description: "Rate of change over the window, in percent",
    origin: "standard",
    inputs: [],
    axes: [sourceAxis(plainSources), integerAxis("window", 14)],
    output: "roc",
    ...aroundZero,
    lookback: axis("window"),
  },
  {
    id: "momentum.rsi",
    description: "Relative strength: average gain against average loss, 0 to 100",
    origin: "J. Welles Wilder, New Concepts in Technical Trading Systems, 1978",
    inputs: [],
    axes: [sourceAxis(plainSources), integerAxis("window", 14)],
    output: "rsi",
    ...band,
    lookback: sum(fixed(1), seed("rma", "window")),
  },
  {
    id: "momentum.stoch",
    description: "Smoothed %K: where the close lies in its recent range, 0 to 100",
    origin: "George Lane",
    inputs: ["high", "low", "close"],
    axes: [inert(integerAxis("d_window", 3)), integerAxis("k_window", 14), integerAxis("smoothing", 3)],
    argumentOrder: ["k_window", "smoothing", "d_window"],
    output: "k",
    otherOutputs: [{
      name: "d",
      lookback: sum(axis("k_window", -1), axis("smoothing", -1), axis("d_window", -1)),
    }],
    ...band,
    lookback: sum(axis("k_window", -1), axis("smoothing", -1)),
  },
  {
    id: "momentum.stoch_rsi",
    description: "Smoothed %K of the relative strength index in its own range, 0 to 100",
    origin: "Tushar Chande and Stanley Kroll, The New Technical Trader, 1994",
    inputs: [],
    axes: [
      inert(integerAxis("d_window", 3)),
      integerAxis("k_window", 14),
      integerAxis("rsi_window", 14),
      integerAxis("smoothing", 3),
      sourceAxis(plainSources),
    ],
    argumentOrder: ["source", "rsi_window", "k_window", "smoothing", "d_window"],
    output: "k",
    otherOutputs: [{ name: "d", lookback: sum(smoothedRsi, axis("d_window", -1)) }],
    ...band,
    lookback: smoothedRsi,
  },
  {
    id: "momentum.trix",
    description: "Growth of a triple exponential average from bar to bar, in percent",
    origin: "Jack Hutson, 1983",
    inputs: [],
    axes: [inert(integerAxis("signal_window", 9)), sourceAxis(plainSources), integerAxis("window", 15)],
    argumentOrder: ["source", "window", "signal_window"],
    output: "trix",
    otherOutputs: [{
      name: "signal",
      lookback: sum(fixed(1), seed("ema3", "window"), seed("ema", "signal_window")),
    }],
    ...aroundZero,
    lookback: sum(fixed(1), seed("ema3", "window")),
  },
  {
    id: "momentum.williams_r",
    description: "%R: where the close lies below the highest high of its recent range, -100 to 0",
    origin: "Larry Williams, 1973",
    inputs: ["high", "low", "close"],
    axes: [integerAxis("window", 14)],
    output: "williams_r",
    ...band,
    lookback: axis("window", -1),
  },
] as const satisfies readonly IndicatorDefinition[];
