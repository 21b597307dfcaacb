import type { AxisDefinition, Source } from "./definition.ts";

/** Sources of every indicator with a source axis but the moving averages. */
export const plainSources: readonly Source[] = ["close", "hlc3", "ohlc4", "low", "high", "open"];

/** Sources of the moving averages. */
export const movingAverageSources: readonly Source[] = [
  "close",
  "hl2",
  "hlc3",
  "ohlc4",
  "low",
  "high",
  "open",
];

/** The `source` axis. */
export function sourceAxis(sources: readonly Source[]): AxisDefinition {
  return { name: "source", kind: "source", sources };
}

/** An integer axis, 2 to 2000. */
export function integerAxis(name: string, single: number): AxisDefinition {
  return { name, kind: "int", min: 2, max: 2000, step: 1, single };
}

/** A band's width in deviations or ranges, 0.1 to 10 in steps of 0.01. */
export const multiplierAxis: AxisDefinition = {
  name: "mult",
  kind: "float",
  min: 0.1,
  max: 10,
  step: 0.01,
  single: 2,
};

/** The axis as one that does not change the scored output. */
export function inert(axis: AxisDefinition): AxisDefinition {
  return { ...axis, inert: true };
}
