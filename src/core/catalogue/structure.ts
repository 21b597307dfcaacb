import { integerAxis, plainSources, sourceAxis } from "./axes.ts";
import type { IndicatorDefinition } from "./definition.ts";
import { axis, fixed, longest, seed, sum } from "./lookback_terms.ts";

const bandOfSource = {
  inputs: [],
  axes: [sourceAxis(plainSources), integerAxis("window", 20)],
  rule: "threshold_band",
  signalParams: ["long_threshold", "short_threshold"],
  lookAhead: 0,
} as const satisfies Partial<IndicatorDefinition>;

const pivot = {
  origin: "Bill Williams, Trading Chaos, 1995 (fractals, here of any width)",
  inputs: ["high", "low"],
  axes: [integerAxis("left", 5), integerAxis("right", 5)],
  signalParams: [],
  lookAhead: 0,
  lookback: sum(axis("left"), axis("right")),
} as const satisfies Partial<IndicatorDefinition>;

const candle = {
  origin: "Japanese candlesticks; Steve Nison, 1991",
  inputs: ["open", "high", "low", "close"],
  lookAhead: 0,
} as const satisfies Partial<IndicatorDefinition>;

const atrWindow = integerAxis("atr_window", 14);

/** The `structure.*` family. */
export const structure = [
  {
    id: "structure.candle_stats",
    description: "Body of the candle as a fraction of its range, 0 to 1",
    ...candle,
    axes: [],
    rule: "candle_body_direction",
    signalParams: ["min_body_pct"],
    output: "body_pct",
    lookback: fixed(0),
  },
  {
    id: "structure.candle_stats_atr_norm",
    description: "Body of the candle in average true ranges",
    ...candle,
    axes: [atrWindow],
    rule: "candle_body_direction",
    signalParams: ["min_body_atr"],
    output: "body_atr",
    lookback: seed("rma", "atr_window"),
  },
  {
    id: "structure.distance_to_ma_norm",
    description: "Distance of the price from its exponential average, in average true ranges",
    origin: "standard",
    ...bandOfSource,
    inputs: ["high", "low", "close"],
    output: "distance_to_ma_norm",
    lookback: longest(seed("ema", "window"), seed("rma", "window")),
  },
  {
    id: "structure.percent_rank",
    description: "Percentage of the window's values that are not above the current one, 0 to 100",
    origin: "standard",
    ...bandOfSource,
    output: "percent_rank",
    lookback: axis("window", -1),
  },
  {
    id: "structure.pivots",
    description: "Confirmed swing highs and lows: one extreme between lower or higher neighbours",
    ...pivot,
    rule: "pivot_events",
    output: "pivot_high",
    spoken: "high",
    otherOutputs: [{ name: "low", lookback: pivot.lookback }],
  },
  {
    id: "structure.zscore",
    description: "Deviations between the price and its mean",
    origin: "standard",
    ...bandOfSource,
    output: "zscore",
    lookback: axis("window", -1),
  },
  ...(["high", "low"] as const).map((side) => ({
    id: `structure.pivot_${side}` as const,
    description: `Confirmed swing ${side}s: the price of the ${side}, on the bar that confirms it`,
    ...pivot,
    rule: null,
    output: `pivot_${side}`,
  })),
  ...candleParts({ suffix: "", text: "price units", names: ["body", "range", "upper_wick", "lower_wick"] }),
  ...candleParts({
    suffix: "_pct",
    text: "a fraction of the range",
    names: ["body", "upper_wick", "lower_wick"],
  }),
  ...candleParts({
    suffix: "_atr",
    text: "average true ranges",
    names: ["body", "range", "upper_wick", "lower_wick"],
  }),
] as const satisfies readonly IndicatorDefinition[];

/** Definitions of candle parts in one unit. */
function candleParts<Suffix extends "" | "_pct" | "_atr", Name extends string>(
  { suffix, text, names }: {
    readonly suffix: Suffix;
    readonly text: string;
    readonly names: readonly Name[];
  },
) {
  return names.map((name) =>
    ({
      id: `structure.candle_${name}${suffix}` as const,
      description: `${capital(name.replace("_", " "))} of the candle in ${text}`,
      ...candle,
      axes: suffix === "_atr" ? [atrWindow] : [],
      lookback: suffix === "_atr" ? seed("rma", "atr_window") : fixed(0),
      rule: null,
      signalParams: [],
      output: `${name}${suffix}`,
    }) satisfies IndicatorDefinition
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
