import type { AxisValues } from "../../src/adapters/wasm/series/series_kernel.ts";
import type { IndicatorDefinition } from "../../src/core/catalogue/mod.ts";
import type { SweepSketch } from "./sweep.ts";

/** Values for every axis of an indicator: short windows, any source, usual factors. `random` gives [0, 1). */
export function someValues({ axes }: IndicatorDefinition, random: () => number): AxisValues {
  const integer = (from: number, to: number) => from + Math.floor(random() * (to - from));
  return Object.fromEntries(
    axes.map(({ name, kind, single, sources }) => [
      name,
      kind === "source" ? sources![integer(0, sources!.length)]! : kind === "int" ? integer(2, 13) : single!,
    ]),
  );
}

/** Values for the signal parameters of an indicator, in the middle of what it gives. */
export function someSignals({ id, signalParams }: IndicatorDefinition): Record<string, number> {
  const values = { ...usualSignals, ...bands[id] };
  return Object.fromEntries(signalParams.map((name) => [name, values[name]!]));
}

/** A grid of one variant with these values. */
export function oneVariant(
  definition: IndicatorDefinition,
  values: AxisValues,
): SweepSketch["indicators"][number] {
  const signals = Object.entries(someSignals(definition)).map(([name, value]) => [name, [value]]);
  const axes = Object.entries(values).map(([name, value]) => [name, [value]]);
  return { id: definition.id, axes: Object.fromEntries(axes), signals: Object.fromEntries(signals) };
}

const usualSignals: Readonly<Record<string, number>> = {
  abs_threshold: 0.01,
  long_delta_periods: 3,
  long_threshold: 40,
  min_body_atr: 0.2,
  min_body_pct: 0.2,
  short_delta_periods: -2,
  short_threshold: 60,
};

const centred = { long_threshold: 0.1, short_threshold: -0.1 };

const bands: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "momentum.williams_r": { long_threshold: -60, short_threshold: -40 },
  "structure.distance_to_ma_norm": centred,
  "structure.zscore": centred,
  "trend.aroon": { long_threshold: 10, short_threshold: -10 },
  "volatility.bbands_percent_b": { long_threshold: 0.4, short_threshold: 0.6 },
  "volume.cmf": centred,
};
