import { integerAxis, multiplierAxis } from "./axes.ts";
import type { IndicatorDefinition } from "./definition.ts";
import { axis, fixed, sum } from "./lookback_terms.ts";

const deltaSign = {
  rule: "delta_sign",
  signalParams: ["long_delta_periods", "short_delta_periods"],
} as const satisfies Partial<IndicatorDefinition>;

const thresholdBand = {
  rule: "threshold_band",
  signalParams: ["long_threshold", "short_threshold"],
} as const satisfies Partial<IndicatorDefinition>;

const bandOfDistances = sum(axis("window", -1), axis("window", -1));

/** The `volume.*` family. */
export const volume = [
  {
    id: "volume.ad_line",
    description:
      "Accumulation/distribution: running total of volume weighted by where in its range a bar closed",
    origin: "Marc Chaikin, 1980s",
    inputs: ["high", "low", "close", "volume"],
    axes: [],
    ...deltaSign,
    output: "ad_line",
    lookAhead: 0,
    lookback: fixed(0),
    differs: {
      reference: "missing on a bar without range, and starts anew after it or after a hole",
      here: "such a bar adds 0; after a hole the total goes on",
      why: "Chaikin; TA-Lib AD",
    },
  },
  {
    id: "volume.cmf",
    description: "Chaikin money flow: accumulation of the window as a share of its volume, -1 to 1",
    origin: "Marc Chaikin, 1980s",
    inputs: ["high", "low", "close", "volume"],
    axes: [integerAxis("window", 20)],
    ...thresholdBand,
    output: "cmf",
    lookAhead: 0,
    lookback: axis("window", -1),
    differs: {
      reference:
        "differences of the running line: first value a bar late, and a bar without range blanks `window + 1` bars",
      here: "the money flow volumes of the window itself; a bar without range adds 0",
      why: "Chaikin; TA-Lib CMF",
    },
  },
  {
    id: "volume.mfi",
    description: "Money flow index: volume-weighted relative strength of the typical price, 0 to 100",
    origin: "Gene Quong and Avrum Soudack, Technical Analysis of Stocks & Commodities, 1989",
    inputs: ["high", "low", "close", "volume"],
    axes: [integerAxis("window", 20)],
    ...thresholdBand,
    output: "mfi",
    lookAhead: 0,
    lookback: axis("window"),
    differs: {
      reference:
        "100 where the running sum of falls is 0, rounding left in it included: values outside 0 to 100, 100 without any flow",
      here:
        "100 P / (P + N) with sums that are exactly 0 when the window holds no such flow; missing without flow",
      why: "Quong and Soudack, 1989; TA-Lib MFI",
    },
  },
  {
    id: "volume.obv",
    description: "On-balance volume: running total of volume, signed like the change of the close",
    origin: "Joseph Granville, New Key to Stock Market Profits, 1963",
    inputs: ["close", "volume"],
    axes: [],
    ...deltaSign,
    output: "obv",
    lookAhead: 0,
    lookback: fixed(0),
    differs: {
      reference: "missing on the first bar, and starts anew after a hole",
      here:
        "0 on the first known bar; after a hole the total goes on, by the change from the last known close",
      why: "Granville, 1963; TA-Lib OBV less its first volume",
    },
  },
  {
    id: "volume.volume_sma",
    description: "Simple moving average of the volume",
    origin: "standard",
    inputs: ["volume"],
    axes: [integerAxis("window", 20)],
    rule: "compare_volume_to_output",
    signalParams: [],
    output: "volume_sma",
    lookAhead: 0,
    lookback: axis("window", -1),
  },
  {
    id: "volume.vwap",
    description: "Volume-weighted average of the typical price over a rolling window",
    origin: "standard",
    inputs: ["high", "low", "close", "volume"],
    axes: [integerAxis("window", 20)],
    rule: "compare_price_to_output",
    signalParams: [],
    output: "vwap",
    lookAhead: 0,
    lookback: axis("window", -1),
  },
  {
    id: "volume.vwap_deviation",
    description: "Upper band around the rolling volume-weighted average price",
    origin: "standard",
    inputs: ["high", "low", "close", "volume"],
    axes: [multiplierAxis, integerAxis("window", 20)],
    rule: "compare_price_to_output_inverted",
    signalParams: [],
    argumentOrder: ["window", "mult"],
    output: "vwap_upper",
    spoken: "upper",
    otherOutputs: [{ name: "lower", lookback: bandOfDistances }],
    lookAhead: 0,
    lookback: bandOfDistances,
  },
] as const satisfies readonly IndicatorDefinition[];
