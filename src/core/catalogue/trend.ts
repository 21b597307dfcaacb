import { inert, integerAxis, multiplierAxis, plainSources, sourceAxis } from "./axes.ts";
import type { AxisDefinition, IndicatorDefinition } from "./definition.ts";
import { axis, fixed, longest, made, seed, seedOfTwo, sum } from "./lookback_terms.ts";

const priceAgainstLine = {
  rule: "compare_price_to_output",
  signalParams: [],
  lookAhead: 0,
} as const satisfies Partial<IndicatorDefinition>;

const ichimokuAxes = [
  integerAxis("conversion_window", 9),
  integerAxis("base_window", 26),
  inert(integerAxis("span_b_window", 52)),
  integerAxis("displacement", 26),
];

const spanBars = longest(axis("conversion_window"), axis("base_window"));

const channel = longest(axis("window", -1), seed("rma", "window"));

const stopSeed = sum(fixed(1), seed("stop", "accel_start"));

const back = made("displacement", { text: "-displacement - 1", make: (bars) => -bars - 1 });

/** The `trend.*` family. */
export const trend = [
  {
    id: "trend.adx",
    description: "Average directional index: strength of the trend whatever its direction, 0 to 100",
    origin: "J. Welles Wilder, New Concepts in Technical Trading Systems, 1978",
    inputs: ["high", "low", "close"],
    axes: [integerAxis("window", 20), integerAxis("smoothing", 14)],
    rule: "delta_sign",
    signalParams: ["long_delta_periods", "short_delta_periods"],
    output: "adx",
    otherOutputs: ["plus_di", "minus_di"].map((name) => ({
      name,
      lookback: sum(fixed(1), seed("rma", "window")),
    })),
    lookAhead: 0,
    lookback: sum(fixed(1), seedOfTwo("window", "smoothing")),
  },
  {
    id: "trend.aroon",
    description: "Aroon oscillator: how recent the highest high is against the lowest low, -100 to 100",
    origin: "Tushar Chande, 1995",
    inputs: ["high", "low"],
    axes: [integerAxis("window", 20)],
    rule: "threshold_band",
    signalParams: ["long_threshold", "short_threshold"],
    output: "aroon_osc",
    spoken: "oscillator",
    otherOutputs: ["up", "down"].map((name) => ({ name, lookback: axis("window") })),
    lookAhead: 0,
    lookback: axis("window"),
    differs: {
      reference: "the last `window` bars, so that up and down never reach 100",
      here: "the bar and the `window` bars before it",
      why: "Chande, 1995; TA-Lib AROONOSC",
    },
  },
  {
    id: "trend.chandelier_exit",
    description: "Stop for longs, some average true ranges below the highest high",
    origin: "Charles Le Beau; Alexander Elder, Come Into My Trading Room, 2002",
    inputs: ["high", "low", "close"],
    axes: [integerAxis("window", 20), multiplierAxis],
    output: "chandelier_long",
    spoken: "long",
    otherOutputs: [{ name: "short", lookback: channel }],
    ...priceAgainstLine,
    lookback: channel,
  },
  {
    id: "trend.donchian",
    description: "Middle of the highest high and the lowest low",
    origin: "Richard Donchian",
    inputs: ["high", "low"],
    axes: [integerAxis("window", 20)],
    output: "donchian_mid",
    spoken: "middle",
    otherOutputs: ["upper", "lower"].map((name) => ({ name, lookback: axis("window", -1) })),
    ...priceAgainstLine,
    lookback: axis("window", -1),
  },
  {
    id: "trend.ichimoku",
    description: "Leading span A taken from the bars ahead, so that it reads the future",
    origin: "Goichi Hosoda, 1969",
    inputs: ["high", "low"],
    axes: ichimokuAxes,
    output: "span_a",
    ...priceAgainstLine,
    lookAhead: "displacement",
    lookback: longest(fixed(0), sum(spanBars, back)),
  },
  {
    id: "trend.ichimoku_causal",
    description: "Leading span A as a chart shows it at the bar, made from the bars a displacement ago",
    origin: "Goichi Hosoda, 1969",
    inputs: ["high", "low"],
    axes: ichimokuAxes,
    output: "span_a",
    otherOutputs: [
      { name: "span_b", lookback: sum(axis("span_b_window"), axis("displacement", -1)) },
      { name: "conversion", lookback: axis("conversion_window", -1) },
      { name: "base", lookback: axis("base_window", -1) },
    ],
    ...priceAgainstLine,
    lookback: sum(spanBars, axis("displacement", -1)),
  },
  {
    id: "trend.keltner",
    description: "Middle line of the Keltner channel: exponential average of the typical price",
    origin: "Chester Keltner, How To Make Money in Commodities, 1960; Linda Bradford Raschke",
    inputs: ["high", "low", "close"],
    axes: [integerAxis("window", 20), inert(multiplierAxis)],
    output: "middle",
    otherOutputs: ["upper", "lower"].map((name) => ({
      name,
      lookback: longest(seed("ema", "window"), seed("rma", "window")),
    })),
    ...priceAgainstLine,
    lookback: seed("ema", "window"),
  },
  {
    id: "trend.linreg",
    description: "End of the least-squares line through the window: where the line stands on its newest bar",
    origin: "standard",
    inputs: [],
    axes: [sourceAxis(plainSources), integerAxis("window", 20)],
    output: "value",
    ...priceAgainstLine,
    lookback: axis("window", -1),
  },
  {
    id: "trend.linreg_slope",
    description: "Slope of the least-squares line through the window, in price per bar",
    origin: "standard",
    inputs: [],
    axes: [sourceAxis(plainSources), integerAxis("window", 20)],
    rule: "sign",
    signalParams: [],
    output: "slope",
    lookAhead: 0,
    lookback: axis("window", -1),
  },
  {
    id: "trend.psar",
    description:
      "Parabolic stop and reverse: a stop that accelerates towards the price with every new extreme",
    origin: "J. Welles Wilder, New Concepts in Technical Trading Systems, 1978",
    inputs: ["high", "low"],
    axes: [
      { ...accelerationAxis("accel_max", 0.2), min: 0.01, max: 5, step: 0.01 },
      accelerationAxis("accel_start", 0.02),
      accelerationAxis("accel_step", 0.02),
    ],
    ordered: { low: "accel_start", high: "accel_max" },
    argumentOrder: ["accel_start", "accel_step", "accel_max"],
    output: "psar",
    otherOutputs: [{ name: "direction", lookback: stopSeed }],
    ...priceAgainstLine,
    lookback: stopSeed,
    differs: {
      reference:
        "starts long at the first low, is held by one earlier bar only, a turn needs a price beyond the stop",
      here:
        "starts on the side of the first move, is held by its bar and the one before, a price at the stop turns it and the new stop moves on from there",
      why: "Wilder, 1978; TA-Lib SAREXT",
    },
  },
  {
    id: "trend.supertrend",
    description: "Trailing band some average true ranges from the middle price, on the side the trend left",
    origin: "Olivier Seban",
    inputs: ["high", "low", "close"],
    axes: [integerAxis("window", 20), multiplierAxis],
    output: "supertrend",
    spoken: "line",
    otherOutputs: [{ name: "direction", lookback: seed("rma", "window") }],
    ...priceAgainstLine,
    lookback: seed("rma", "window"),
  },
  {
    id: "trend.vortex",
    description: "Positive vortex line: upward movement in units of the true range, around 1",
    origin: "Etienne Botes and Douglas Siepman, 2010",
    inputs: ["high", "low", "close"],
    axes: [integerAxis("window", 20)],
    rule: "threshold_centered",
    signalParams: ["abs_threshold"],
    output: "vi_plus",
    spoken: "plus",
    otherOutputs: [{ name: "minus", lookback: axis("window") }],
    lookAhead: 0,
    lookback: axis("window"),
  },
] as const satisfies readonly IndicatorDefinition[];

function accelerationAxis(name: string, single: number): AxisDefinition {
  return { name, kind: "float", min: 0.001, max: 1, step: 0.001, single };
}
