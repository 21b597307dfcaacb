import { integerAxis, movingAverageSources, sourceAxis } from "./axes.ts";
import type { IndicatorDefinition } from "./definition.ts";
import { axis, made, seed, sum } from "./lookback_terms.ts";

const average = {
  inputs: [],
  axes: [sourceAxis(movingAverageSources), integerAxis("window", 20)],
  rule: "compare_price_to_output",
  signalParams: [],
  output: "value",
  lookAhead: 0,
} as const satisfies Partial<IndicatorDefinition>;

const rootOfWindow = made("window", {
  text: "floor(sqrt(window)) - 1",
  make: (window) => Math.floor(Math.sqrt(window)) - 1,
});

const halfWindow = made("window", {
  text: "floor((window - 1) / 2)",
  make: (window) => Math.floor((window - 1) / 2),
});

/** The `ma.*` family. */
export const movingAverages = [
  {
    id: "ma.dema",
    description: "Double exponential average: twice the EMA less the EMA of the EMA",
    origin: "Patrick Mulloy, Technical Analysis of Stocks & Commodities, 1994",
    ...average,
    lookback: seed("dema", "window"),
  },
  {
    id: "ma.ema",
    description: "Exponential moving average, weight 2 / (window + 1)",
    origin: "standard",
    ...average,
    lookback: seed("ema", "window"),
  },
  {
    id: "ma.hma",
    description: "Hull average: weighted averages combined so that the lag nearly cancels",
    origin: "Alan Hull, 2005",
    ...average,
    lookback: sum(axis("window", -1), rootOfWindow),
  },
  {
    id: "ma.lwma",
    description: "Linearly weighted moving average, the same as ma.wma",
    origin: "standard",
    ...average,
    lookback: axis("window", -1),
  },
  {
    id: "ma.rma",
    description: "Wilder's moving average, weight 1 / window",
    origin: "J. Welles Wilder, New Concepts in Technical Trading Systems, 1978",
    ...average,
    lookback: seed("rma", "window"),
  },
  {
    id: "ma.sma",
    description: "Simple moving average",
    origin: "standard",
    ...average,
    lookback: axis("window", -1),
  },
  {
    id: "ma.tema",
    description: "Triple exponential average from three EMAs in a row",
    origin: "Patrick Mulloy, Technical Analysis of Stocks & Commodities, 1994",
    ...average,
    lookback: seed("tema", "window"),
  },
  {
    id: "ma.vwma",
    description: "Moving average of the close weighted by volume",
    origin: "standard",
    ...average,
    inputs: ["close", "volume"],
    axes: [integerAxis("window", 20)],
    lookback: axis("window", -1),
  },
  {
    id: "ma.wma",
    description: "Linearly weighted moving average, the newest bar weighing most",
    origin: "standard",
    ...average,
    lookback: axis("window", -1),
  },
  {
    id: "ma.zlema",
    description: "Zero-lag exponential average: EMA of the price plus its change over half the window",
    origin: "John Ehlers and Ric Way, Technical Analysis of Stocks & Commodities, 2010",
    ...average,
    lookback: sum(halfWindow, seed("ema", "window")),
  },
] as const satisfies readonly IndicatorDefinition[];
