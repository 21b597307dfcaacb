import { PART_BODY, PART_LOWER_WICK, PART_RANGE, PART_UPPER_WICK } from "../../../../assembly/layout.ts";
import { scratchWindowKernel, type SeriesKernel, type SeriesKernels, sourceOf } from "./series_kernel.ts";

const pivotHigh = pivotKernel("pivotHigh", "high");
const pivotLow = pivotKernel("pivotLow", "low");

/** Kernels of the `structure.*` family. */
export const structureKernels: SeriesKernels<"structure"> = {
  "structure.candle_body": partKernel("candlePart", PART_BODY),
  "structure.candle_body_atr": partAtrKernel(PART_BODY),
  "structure.candle_body_pct": partKernel("candlePartShare", PART_BODY),
  "structure.candle_lower_wick": partKernel("candlePart", PART_LOWER_WICK),
  "structure.candle_lower_wick_atr": partAtrKernel(PART_LOWER_WICK),
  "structure.candle_lower_wick_pct": partKernel("candlePartShare", PART_LOWER_WICK),
  "structure.candle_range": partKernel("candlePart", PART_RANGE),
  "structure.candle_range_atr": partAtrKernel(PART_RANGE),
  "structure.candle_stats": partKernel("candlePartShare", PART_BODY),
  "structure.candle_stats_atr_norm": partAtrKernel(PART_BODY),
  "structure.candle_upper_wick": partKernel("candlePart", PART_UPPER_WICK),
  "structure.candle_upper_wick_atr": partAtrKernel(PART_UPPER_WICK),
  "structure.candle_upper_wick_pct": partKernel("candlePartShare", PART_UPPER_WICK),
  "structure.distance_to_ma_norm": {
    scratch: 1,
    compute: (kernels, values, { column, target, scratch, bars }) =>
      kernels.distanceToAverage(
        column(sourceOf(values)),
        column("high"),
        column("low"),
        column("close"),
        target,
        scratch,
        bars,
        Number(values.window),
      ),
  },
  "structure.percent_rank": scratchWindowKernel("percentRank", 3),
  "structure.pivot_high": pivotHigh,
  "structure.pivot_low": pivotLow,
  "structure.pivots": {
    ...pivotHigh,
    computeSecond: pivotLow.compute,
    otherOutputs: { low: pivotLow.compute },
  },
  "structure.zscore": scratchWindowKernel("zscore", 5),
};

function partKernel(name: "candlePart" | "candlePartShare", part: number): SeriesKernel {
  return {
    scratch: 0,
    compute: (kernels, _values, { column, target, bars }) =>
      kernels[name](column("open"), column("high"), column("low"), column("close"), target, bars, part),
  };
}

function partAtrKernel(part: number): SeriesKernel {
  return {
    scratch: 1,
    compute: (kernels, values, { column, target, scratch, bars }) =>
      kernels.candlePartAtr(
        column("open"),
        column("high"),
        column("low"),
        column("close"),
        target,
        scratch,
        bars,
        part,
        Number(values.atr_window),
      ),
  };
}

function pivotKernel(name: "pivotHigh" | "pivotLow", input: "high" | "low"): SeriesKernel {
  return {
    scratch: 4,
    compute: (kernels, values, { column, target, scratch, bars }) =>
      kernels[name](column(input), target, scratch, bars, Number(values.left), Number(values.right)),
  };
}
