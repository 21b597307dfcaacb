import {
  channelKernel,
  extreme,
  scratchWindowKernel,
  type SeriesKernel,
  type SeriesKernels,
  type SeriesPlace,
} from "./series_kernel.ts";

/** Kernels of the `trend.*` family. */
export const trendKernels: SeriesKernels<"trend"> = {
  "trend.adx": {
    scratch: 1,
    compute(kernels, values, { column, target, scratch, bars }) {
      const [high, low, close] = [column("high"), column("low"), column("close")];
      const [window, smoothing] = [Number(values.window), Number(values.smoothing)];
      kernels.adx(high, low, close, target, scratch, bars, window, smoothing);
    },
    otherOutputs: { plus_di: directional({ plus: 1 }), minus_di: directional({ plus: 0 }) },
  },
  "trend.aroon": {
    ...channelKernel("aroon", 4),
    otherOutputs: { up: aroonLine("high", { down: 0 }), down: aroonLine("low", { down: 1 }) },
  },
  "trend.chandelier_exit": {
    scratch: 3,
    compute: band("chandelierExit"),
    otherOutputs: { short: band("chandelierShort") },
  },
  "trend.donchian": {
    ...channelKernel("donchian", 4),
    otherOutputs: {
      upper: extreme("highest", { of: "high", window: "window" }),
      lower: extreme("lowest", { of: "low", window: "window" }),
    },
  },
  "trend.ichimoku": ichimokuKernel(1),
  "trend.ichimoku_causal": {
    ...ichimokuKernel(-1),
    otherOutputs: {
      // a span of a window and itself is its middle: (m + m) / 2
      span_b: span(["span_b_window", "span_b_window"], { direction: -1 }),
      conversion: middle("conversion_window"),
      base: middle("base_window"),
    },
  },
  "trend.keltner": {
    scratch: 1,
    compute: (kernels, values, { column, target, bars }) =>
      kernels.keltner(column("high"), column("low"), column("close"), target, bars, Number(values.window)),
    otherOutputs: { upper: band("keltnerBand"), lower: band("keltnerBand", { times: -1 }) },
  },
  "trend.linreg": scratchWindowKernel("linreg", 3),
  "trend.linreg_slope": scratchWindowKernel("linregSlope", 3),
  "trend.psar": {
    scratch: 0,
    compute: parabolicStop({ sides: 0 }),
    otherOutputs: { direction: parabolicStop({ sides: 1 }) },
  },
  "trend.supertrend": {
    scratch: 1,
    compute: supertrend({ sides: 0 }),
    otherOutputs: { direction: supertrend({ sides: 1 }) },
  },
  "trend.vortex": {
    scratch: 5,
    compute: vortex({ minus: 0 }),
    otherOutputs: { minus: vortex({ minus: 1 }) },
  },
};

/** An output that reads high, low and close and has a window and a width; with `times` -1 on the other side. */
function band(
  name: "chandelierExit" | "chandelierShort" | "keltnerBand",
  { times }: { readonly times: 1 | -1 } = { times: 1 },
): SeriesKernel["compute"] {
  return (kernels, values, place) => {
    const [window, mult] = [Number(values.window), times * Number(values.mult)];
    kernels[name](...rangeOf(place), place.target, place.scratch, place.bars, window, mult);
  };
}

/** The line, or with `sides` 1 the side after each bar. */
function supertrend({ sides }: { readonly sides: 0 | 1 }): SeriesKernel["compute"] {
  return (kernels, values, place) => {
    const [window, mult] = [Number(values.window), Number(values.mult)];
    kernels.supertrend(...rangeOf(place), place.target, place.scratch, place.bars, window, mult, sides);
  };
}

function vortex({ minus }: { readonly minus: 0 | 1 }): SeriesKernel["compute"] {
  return (kernels, values, place) =>
    kernels.vortex(
      ...rangeOf(place),
      place.target,
      place.scratch,
      place.bars,
      Number(values.window),
      minus,
    );
}

function directional({ plus }: { readonly plus: 0 | 1 }): SeriesKernel["compute"] {
  return (kernels, values, place) => {
    const { target, scratch, bars } = place;
    kernels.directionalIndicator(...rangeOf(place), target, scratch, bars, Number(values.window), plus);
  };
}

function aroonLine(name: "high" | "low", { down }: { readonly down: 0 | 1 }): SeriesKernel["compute"] {
  return (kernels, values, { column, target, scratch, bars }) =>
    kernels.aroonLine(column(name), target, scratch, bars, Number(values.window), down);
}

function rangeOf({ column }: SeriesPlace): [high: number, low: number, close: number] {
  return [column("high"), column("low"), column("close")];
}

/** The stop, or with `sides` 1 the side after each bar. */
function parabolicStop({ sides }: { readonly sides: 0 | 1 }): SeriesKernel["compute"] {
  return (kernels, values, { column, target, bars }) => {
    const [max, start, step] = [values.accel_max, values.accel_start, values.accel_step];
    kernels.psar(
      column("high"),
      column("low"),
      target,
      bars,
      Number(max),
      Number(start),
      Number(step),
      sides,
    );
  };
}

/** Span A taken from `displacement` bars later (1) or earlier (-1). */
function ichimokuKernel(direction: 1 | -1): SeriesKernel {
  return { scratch: 5, compute: span(["conversion_window", "base_window"], { direction }) };
}

/** The mean of the middles over two windows, taken from `displacement` bars later (1) or earlier (-1). */
function span(
  windows: readonly [string, string],
  { direction }: { readonly direction: 1 | -1 },
): SeriesKernel["compute"] {
  return (kernels, values, { column, target, scratch, bars }) => {
    const [conversion, base] = [Number(values[windows[0]]), Number(values[windows[1]])];
    const shift = direction * Number(values.displacement);
    kernels.ichimoku(column("high"), column("low"), target, scratch, bars, conversion, base, shift);
  };
}

/** The middle of the highest high and the lowest low over a window. */
function middle(window: string): SeriesKernel["compute"] {
  return (kernels, values, { column, target, scratch, bars }) =>
    kernels.donchian(column("high"), column("low"), target, scratch, bars, Number(values[window]));
}
