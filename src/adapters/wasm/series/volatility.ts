import {
  rangeKernel,
  scratchWindowKernel,
  type SeriesKernel,
  type SeriesKernels,
  sourceOf,
} from "./series_kernel.ts";

/** Kernels of the `volatility.*` family. */
export const volatilityKernels: SeriesKernels = {
  "volatility.atr": rangeKernel("atr", 1),
  "volatility.bbands": scratchWindowKernel("sma", 1),
  "volatility.bbands_bandwidth": bandKernel("bollingerBandwidth"),
  "volatility.bbands_percent_b": bandKernel("bollingerPercent"),
  "volatility.hv": {
    scratch: 4,
    compute(kernels, values, { column, target, scratch, bars }) {
      const [window, annualization] = [Number(values.window), Number(values.annualization)];
      kernels.historicalVolatility(column(sourceOf(values)), target, scratch, bars, window, annualization);
    },
  },
  "volatility.stddev": scratchWindowKernel("stddev", 4),
  "volatility.tr": {
    scratch: 1,
    compute: (kernels, _values, { column, target, scratch, bars }) =>
      kernels.tr(column("high"), column("low"), column("close"), target, scratch, bars),
  },
  "volatility.variance": scratchWindowKernel("variance", 4),
};

function bandKernel(name: "bollingerBandwidth" | "bollingerPercent"): SeriesKernel {
  return {
    scratch: 5,
    compute(kernels, values, { column, target, scratch, bars }) {
      const [window, multiplier] = [Number(values.window), Number(values.mult)];
      kernels[name](column(sourceOf(values)), target, scratch, bars, window, multiplier);
    },
  };
}
