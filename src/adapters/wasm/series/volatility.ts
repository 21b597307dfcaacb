import {
  rangeKernel,
  scratchWindowKernel,
  type SeriesKernel,
  type SeriesKernels,
  sourceOf,
} from "./series_kernel.ts";

/** Kernels of the `volatility.*` family. */
export const volatilityKernels: SeriesKernels<"volatility"> = {
  "volatility.atr": rangeKernel("atr", 1),
  "volatility.bbands": {
    ...scratchWindowKernel("sma", 5),
    otherOutputs: { upper: band("bollingerBand"), lower: band("bollingerBand", { times: -1 }) },
  },
  "volatility.bbands_bandwidth": { scratch: 5, compute: band("bollingerBandwidth") },
  "volatility.bbands_percent_b": { scratch: 5, compute: band("bollingerPercent") },
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

/** An output made of the bands; needs 5 scratch series. With `times` -1 on the other side of the mean. */
function band(
  name: "bollingerBand" | "bollingerBandwidth" | "bollingerPercent",
  { times }: { readonly times: 1 | -1 } = { times: 1 },
): SeriesKernel["compute"] {
  return (kernels, values, { column, target, scratch, bars }) => {
    const [window, multiplier] = [Number(values.window), times * Number(values.mult)];
    kernels[name](column(sourceOf(values)), target, scratch, bars, window, multiplier);
  };
}
