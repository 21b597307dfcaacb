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
export const momentumKernels: SeriesKernels<"momentum"> = {
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
    otherOutputs: {
      d(kernels, values, { column, target, scratch, bars }) {
        const [high, low, close] = [column("high"), column("low"), column("close")];
        const [window, smoothing] = [Number(values.k_window), Number(values.smoothing)];
        const signal = Number(values.d_window);
        kernels.stochasticSignal(high, low, close, target, scratch, bars, window, smoothing, signal);
      },
    },
  },
  "momentum.stoch_rsi": {
    scratch: 4,
    compute(kernels, values, { column, target, scratch, bars }) {
      const [window, smoothing] = [Number(values.k_window), Number(values.smoothing)];
      const rsiWindow = Number(values.rsi_window);
      kernels.stochasticRsi(column(sourceOf(values)), target, scratch, bars, rsiWindow, window, smoothing);
    },
    otherOutputs: {
      d: (kernels, values, { column, target, scratch, bars }) =>
        kernels.stochasticRsiSignal(
          column(sourceOf(values)),
          target,
          scratch,
          bars,
          Number(values.rsi_window),
          Number(values.k_window),
          Number(values.smoothing),
          Number(values.d_window),
        ),
    },
  },
  "momentum.trix": {
    ...windowKernel("trix"),
    otherOutputs: {
      signal(kernels, values, { column, target, bars }) {
        const [window, signal] = [Number(values.window), Number(values.signal_window)];
        kernels.trixSignal(column(sourceOf(values)), target, bars, window, signal);
      },
    },
  },
  "momentum.williams_r": rangeKernel("williamsR", 4),
};

function fastSlowKernel(name: "macd" | "ppo"): SeriesKernel {
  return {
    scratch: 0,
    compute(kernels, values, { column, target, bars }) {
      const [fast, slow] = [Number(values.fast_window), Number(values.slow_window)];
      kernels[name](column(sourceOf(values)), target, bars, fast, slow);
    },
    otherOutputs: {
      signal: fastSlowSignal({ percent: name === "ppo", histogram: false }),
      histogram: fastSlowSignal({ percent: name === "ppo", histogram: true }),
    },
  };
}

function fastSlowSignal(
  { percent, histogram }: { readonly percent: boolean; readonly histogram: boolean },
): SeriesKernel["compute"] {
  return (kernels, values, { column, target, bars }) => {
    const windows = [
      Number(values.fast_window),
      Number(values.slow_window),
      Number(values.signal_window),
    ] as const;
    const flags = [Number(percent), Number(histogram)] as const;
    kernels.fastSlowSignal(column(sourceOf(values)), target, bars, ...windows, ...flags);
  };
}
