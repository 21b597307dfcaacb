import {
  rangeKernel,
  scratchWindowKernel,
  type SeriesKernel,
  type SeriesKernels,
  sourceOf,
  windowKernel,
} from "./series_kernel.ts";

/** Kernels of the `volatility.*` family. */
export const volatilityKernels: SeriesKernels = {
  "volatility.atr": rangeKernel("atr", 1),
  "volatility.bbands": windowKernel("sma"),
  "volatility.bbands_bandwidth": bandKernel("bollingerBandwidth"),
  "volatility.bbands_percent_b": bandKernel("bollingerPercent"),
  "volatility.hv": {
    scratch: 2,
    compute(kernels, values, { column, target, scratch, bars }) {
      const [window, annualization] = [Number(values.window), Number(values.annualization)];
      kernels.historicalVolatility(column(sourceOf(values)), target, scratch, bars, window, annualization);
    },
  },
  "volatility.stddev": scratchWindowKernel("stddev", 2),
  "volatility.tr": {
    scratch: 1,
    compute: (kernels, _values, { column, target, scratch, bars }) =>
      kernels.tr(column("high"), column("low"), column("close"), target, scratch, bars),
  },
  "volatility.variance": scratchWindowKernel("variance", 2),
};

function bandKernel(name: "bollingerBandwidth" | "bollingerPercent"): SeriesKernel {
  return {
    scratch: 3,
    compute(kernels, values, { column, target, scratch, bars }) {
      const [window, multiplier] = [Number(values.window), Number(values.mult)];
      kernels[name](column(sourceOf(values)), target, scratch, bars, window, multiplier);
    },
  };
}
