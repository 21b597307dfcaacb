import { integerAxis, movingAverageSources, sourceAxis } from "./axes.ts";
import type { IndicatorDefinition } from "./definition.ts";

const average = {
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
    id: "ma.dema",
    description: "Double exponential average: twice the EMA less the EMA of the EMA",
    origin: "Patrick Mulloy, Technical Analysis of Stocks & Commodities, 1994",
    ...average,
  },
  {
    id: "ma.ema",
    description: "Exponential moving average, weight 2 / (window + 1)",
    origin: "standard",
    ...average,
  },
  {
    id: "ma.hma",
    description: "Hull average: weighted averages combined so that the lag nearly cancels",
    origin: "Alan Hull, 2005",
    ...average,
  },
  {
    id: "ma.lwma",
    description: "Linearly weighted moving average, the same as ma.wma",
    origin: "standard",
    ...average,
  },
  {
    id: "ma.rma",
    description: "Wilder's moving average, weight 1 / window",
    origin: "J. Welles Wilder, New Concepts in Technical Trading Systems, 1978",
    ...average,
  },
  {
    id: "ma.sma",
    description: "Simple moving average",
    origin: "standard",
    ...average,
  },
  {
    id: "ma.tema",
    description: "Triple exponential average from three EMAs in a row",
    origin: "Patrick Mulloy, Technical Analysis of Stocks & Commodities, 1994",
    ...average,
  },
  {
    id: "ma.vwma",
    description: "Moving average of the close weighted by volume",
    origin: "standard",
    ...average,
    inputs: ["close", "volume"],
    axes: [integerAxis("window", 20)],
  },
  {
    id: "ma.wma",
    description: "Linearly weighted moving average, the newest bar weighing most",
    origin: "standard",
    ...average,
  },
  {
    id: "ma.zlema",
    description: "Zero-lag exponential average: EMA of the price plus its change over half the window",
    origin: "John Ehlers and Ric Way, Technical Analysis of Stocks & Commodities, 2010",
    ...average,
  },
];
