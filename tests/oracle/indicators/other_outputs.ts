import type { IndicatorId } from "../../../src/core/catalogue/mod.ts";
import { ema, highest, lowest, mean, ratioOfSums, rma, trueRange, windowed } from "../blocks.ts";
import { momentum } from "./momentum.ts";
import type { Oracle, OracleInput, OutputOracles } from "./oracle.ts";
import { structure } from "./structure.ts";
import { directionalMovement, middle } from "./trend.ts";
import { psar, supertrend } from "./trend_stops.ts";
import { bands } from "./volatility.ts";
import { vwapBand } from "./volume.ts";

/** Oracles of outputs that no built-in rule scores, by id and output: made of the unrounded parts of their indicator. */
export const otherOutputs: Readonly<Partial<Record<IndicatorId, OutputOracles>>> = {
  "momentum.macd": fastSlow("momentum.macd"),
  "momentum.ppo": fastSlow("momentum.ppo"),
  "momentum.stoch": { d: averagePlace("momentum.stoch") },
  "momentum.stoch_rsi": { d: averagePlace("momentum.stoch_rsi") },
  "momentum.trix": {
    signal: (input) => ema(momentum["momentum.trix"]!(input), Number(input.values.signal_window)),
  },
  "structure.pivots": { low: structure["structure.pivot_low"]! },
  "trend.adx": {
    plus_di: (input) => directional(input, directionalMovement(input.candles).plus),
    minus_di: (input) => directional(input, directionalMovement(input.candles).minus),
  },
  "trend.aroon": {
    up: ({ candles, window }) =>
      windowed(candles.high, window + 1, (values) => 100 * values.lastIndexOf(Math.max(...values)) / window),
    down: ({ candles, window }) =>
      windowed(candles.low, window + 1, (values) => 100 * values.lastIndexOf(Math.min(...values)) / window),
  },
  "trend.chandelier_exit": {
    short({ candles, values, window }) {
      const range = rma(trueRange(candles), window);
      return lowest(candles.low, window).map((bottom, t) => bottom + Number(values.mult) * range[t]!);
    },
  },
  "trend.donchian": {
    upper: ({ candles, window }) => highest(candles.high, window),
    lower: ({ candles, window }) => lowest(candles.low, window),
  },
  "trend.ichimoku_causal": {
    span_b({ candles, values }) {
      const span = middle(candles, Number(values.span_b_window));
      return span.map((_, t) => span[t - Number(values.displacement)] ?? NaN);
    },
    conversion: ({ candles, values }) => middle(candles, Number(values.conversion_window)),
    base: ({ candles, values }) => middle(candles, Number(values.base_window)),
  },
  "trend.keltner": { upper: keltnerBand(1), lower: keltnerBand(-1) },
  "trend.psar": { direction: ({ candles, values }) => psar(candles, values).map(({ side }) => side) },
  "trend.supertrend": {
    direction: ({ candles, values, window }) =>
      supertrend(candles, { mult: Number(values.mult), window }).map(({ side }) => side),
  },
  "trend.vortex": {
    minus: ({ candles, window }) =>
      ratioOfSums(
        Array.from(candles.low, (low, t) => t === 0 ? NaN : Math.abs(low - candles.high[t - 1]!)),
        trueRange(candles),
        window,
      ),
  },
  "volatility.bbands": {
    upper: (input) => bands(input).map(({ upper }) => upper),
    lower: (input) => bands(input).map(({ lower }) => lower),
  },
  "volume.vwap_deviation": { lower: (input) => vwapBand(input, -Number(input.values.mult)) },
};

function fastSlow(id: "momentum.macd" | "momentum.ppo"): OutputOracles {
  const signalOf = (input: OracleInput) => {
    const line = momentum[id]!(input);
    return { line, signal: ema(line, Number(input.values.signal_window)) };
  };
  return {
    signal: (input) => signalOf(input).signal,
    histogram(input) {
      const { line, signal } = signalOf(input);
      return line.map((value, t) => value - signal[t]!);
    },
  };
}

function averagePlace(id: "momentum.stoch" | "momentum.stoch_rsi"): Oracle {
  return (input) => mean(momentum[id]!(input), Number(input.values.d_window));
}

function directional({ candles, window }: OracleInput, movement: readonly number[]): number[] {
  const range = rma(trueRange(candles), window);
  return rma(movement, window).map((average, t) => range[t] === 0 ? NaN : 100 * (average / range[t]!));
}

function keltnerBand(side: 1 | -1): Oracle {
  return ({ candles, values, window }) => {
    const { high, low, close } = candles;
    const line = ema(Array.from(close, (c, t) => (high[t]! + low[t]! + c) / 3), window);
    const range = rma(trueRange(candles), window);
    return line.map((value, t) => value + side * Number(values.mult) * range[t]!);
  };
}
