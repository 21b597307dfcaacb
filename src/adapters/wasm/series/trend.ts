import {
  channelKernel,
  rangeKernel,
  scratchWindowKernel,
  type SeriesKernel,
  type SeriesKernels,
} from "./series_kernel.ts";

/** Kernels of the `trend.*` family. */
export const trendKernels: SeriesKernels = {
  "trend.adx": {
    scratch: 1,
    compute(kernels, values, { column, target, scratch, bars }) {
      const [high, low, close] = [column("high"), column("low"), column("close")];
      const [window, smoothing] = [Number(values.window), Number(values.smoothing)];
      kernels.adx(high, low, close, target, scratch, bars, window, smoothing);
    },
  },
  "trend.aroon": channelKernel("aroon", 4),
  "trend.chandelier_exit": bandKernel("chandelierExit", 3),
  "trend.donchian": channelKernel("donchian", 4),
  "trend.ichimoku": ichimokuKernel(1),
  "trend.ichimoku_causal": ichimokuKernel(-1),
  "trend.keltner": {
    scratch: 0,
    compute: (kernels, values, { column, target, bars }) =>
      kernels.keltner(column("high"), column("low"), column("close"), target, bars, Number(values.window)),
  },
  "trend.linreg_slope": scratchWindowKernel("linregSlope", 3),
  "trend.psar": {
    scratch: 0,
    compute: parabolicStop({ sides: 0 }),
    otherOutputs: { direction: parabolicStop({ sides: 1 }) },
  },
  "trend.supertrend": bandKernel("supertrend", 1),
  "trend.vortex": rangeKernel("vortex", 5),
};

/** A kernel that reads high, low and close and has a window and a width; `scratch` in f64 series. */
function bandKernel(name: "chandelierExit" | "supertrend", scratch: number): SeriesKernel {
  return {
    scratch,
    compute(kernels, values, { column, target, scratch, bars }) {
      const [high, low, close] = [column("high"), column("low"), column("close")];
      kernels[name](high, low, close, target, scratch, bars, Number(values.window), Number(values.mult));
    },
  };
}

/** The stop, or with `sides` 1 the side after each bar. */
function parabolicStop({ sides }: { readonly sides: 0 | 1 }): SeriesKernel["compute"] {
  return (kernels, values, { column, target, bars }) => {
    const [max, start, step] = [values.accel_max, values.accel_start, values.accel_step].map(Number);
    kernels.psar(column("high"), column("low"), target, bars, max, start, step, sides);
  };
}

/** Span A taken from `displacement` bars later (1) or earlier (-1). */
function ichimokuKernel(direction: 1 | -1): SeriesKernel {
  return {
    scratch: 5,
    compute(kernels, values, { column, target, scratch, bars }) {
      const [conversion, base] = [Number(values.conversion_window), Number(values.base_window)];
      const shift = direction * Number(values.displacement);
      kernels.ichimoku(column("high"), column("low"), target, scratch, bars, conversion, base, shift);
    },
  };
}
