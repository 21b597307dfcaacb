/** Candle columns and the sources derived from them, all f32. */
export type Source = "close" | "open" | "high" | "low" | "hl2" | "hlc3" | "ohlc4";

/** One compute axis. Integer axes have step 1. */
export interface AxisDefinition {
  readonly name: string;
  readonly kind: "int" | "float" | "source";
  /** Hard bounds of every value; absent for sources. */
  readonly min?: number;
  readonly max?: number;
  /** Values of a range lie on `min + k * step`. */
  readonly step?: number;
  /** Allowed sources of a `source` axis. */
  readonly sources?: readonly Source[];
}

/** How an indicator series becomes long and short signals; see `docs/signals.md`. */
export type RuleFamily = "compare_price_to_output" | "threshold_band" | "sign";

/** What is known about one indicator id; grid, validation, scoring and docs read it from here. */
export interface IndicatorDefinition {
  readonly id: string;
  /** Candle columns needed besides the `source` axis. */
  readonly inputs: readonly ("open" | "high" | "low" | "close" | "volume")[];
  /** In definition order, which is enumeration order: the first axis runs slowest. */
  readonly axes: readonly AxisDefinition[];
  readonly rule: RuleFamily;
  /** Signal parameters the rule needs, sorted by name. */
  readonly signalParams: readonly string[];
  /** Name of the output that is scored. */
  readonly output: string;
}

const sources: readonly Source[] = ["close", "hlc3", "ohlc4", "low", "high", "open"];
const movingAverageSources: readonly Source[] = ["close", "hl2", "hlc3", "ohlc4", "low", "high", "open"];

const source = (allowed: readonly Source[]): AxisDefinition => ({
  name: "source",
  kind: "source",
  sources: allowed,
});
const integer = (name: string): AxisDefinition => ({ name, kind: "int", min: 2, max: 2000, step: 1 });
const multiplier: AxisDefinition = { name: "mult", kind: "float", min: 0.1, max: 10, step: 0.01 };

/** All indicators, sorted by id. */
export const catalogue: readonly IndicatorDefinition[] = [
  {
    id: "ma.ema",
    inputs: [],
    axes: [source(movingAverageSources), integer("window")],
    rule: "compare_price_to_output",
    signalParams: [],
    output: "value",
  },
  {
    id: "ma.sma",
    inputs: [],
    axes: [source(movingAverageSources), integer("window")],
    rule: "compare_price_to_output",
    signalParams: [],
    output: "value",
  },
  {
    id: "momentum.macd",
    inputs: [],
    axes: [integer("fast_window"), integer("signal_window"), integer("slow_window"), source(sources)],
    rule: "sign",
    signalParams: [],
    output: "macd",
  },
  {
    id: "momentum.rsi",
    inputs: [],
    axes: [source(sources), integer("window")],
    rule: "threshold_band",
    signalParams: ["long_threshold", "short_threshold"],
    output: "rsi",
  },
  {
    id: "trend.donchian",
    inputs: ["high", "low"],
    axes: [integer("window")],
    rule: "compare_price_to_output",
    signalParams: [],
    output: "donchian_mid",
  },
  {
    id: "volatility.bbands",
    inputs: [],
    axes: [multiplier, source(sources), integer("window")],
    rule: "compare_price_to_output",
    signalParams: [],
    output: "basis",
  },
];

const byId = new Map(catalogue.map((definition) => [definition.id, definition]));

/** The definition of an id, or undefined when the catalogue has none. */
export function findIndicator(id: string): IndicatorDefinition | undefined {
  return byId.get(id);
}
