import {
  channelKernel,
  rangeKernel,
  scratchWindowKernel,
  type SeriesKernel,
  type SeriesKernels,
  sourceOf,
  windowKernel,
} from "./series_kernel.ts";

/** Kernels of the `momentum.*` family. */
export const momentumKernels: SeriesKernels = {
  "momentum.cci": rangeKernel("cci", 3),
  "momentum.fisher": channelKernel("fisher", 4),
  "momentum.macd": fastSlowKernel("macd"),
  "momentum.ppo": fastSlowKernel("ppo"),
  "momentum.roc": windowKernel("roc"),
  "momentum.rsi": scratchWindowKernel("rsi", 1),
  "momentum.stoch": {
    scratch: 4,
    compute(kernels, values, { column, target, scratch, bars }) {
      const [high, low, close] = [column("high"), column("low"), column("close")];
      const [window, smoothing] = [Number(values.k_window), Number(values.smoothing)];
      kernels.stochastic(high, low, close, target, scratch, bars, window, smoothing);
    },
  },
  "momentum.stoch_rsi": {
    scratch: 4,
    compute(kernels, values, { column, target, scratch, bars }) {
      const [window, smoothing] = [Number(values.k_window), Number(values.smoothing)];
      const rsiWindow = Number(values.rsi_window);
      kernels.stochasticRsi(column(sourceOf(values)), target, scratch, bars, rsiWindow, window, smoothing);
    },
  },
  "momentum.trix": windowKernel("trix"),
  "momentum.williams_r": rangeKernel("williamsR", 4),
};

function fastSlowKernel(name: "macd" | "ppo"): SeriesKernel {
  return {
    scratch: 0,
    compute(kernels, values, { column, target, bars }) {
      const [fast, slow] = [Number(values.fast_window), Number(values.slow_window)];
      kernels[name](column(sourceOf(values)), target, bars, fast, slow);
    },
  };
}
