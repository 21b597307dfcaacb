import type { Lookback } from "./lookback_terms.ts";

/** Candle columns and the sources derived from them, all f32. */
export type Source = "close" | "open" | "high" | "low" | "hl2" | "hlc3" | "ohlc4";

/** A stored candle column. */
export type Column = "open" | "high" | "low" | "close" | "volume";

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
  /** The value documentation and `indicator` fall back to. */
  readonly single?: number;
  /** Does not change the scored output: accepted, counted and part of the key, but scored once. */
  readonly inert?: true;
}

/** How an indicator series becomes long and short signals; see `docs/signals.md`. */
export type RuleFamily =
  | "compare_price_to_output"
  | "compare_price_to_output_inverted"
  | "compare_volume_to_output"
  | "threshold_band"
  | "threshold_centered"
  | "sign"
  | "delta_sign"
  | "candle_body_direction"
  | "pivot_events";

/** What the reference implementation computes, what is computed here, and whose definition that is. */
export interface Difference {
  readonly reference: string;
  readonly here: string;
  readonly why: string;
}

/** An output besides the scored one. */
export interface OtherOutput {
  readonly name: string;
  /** As {@link IndicatorDefinition.lookback}, of this output. */
  readonly lookback: Lookback;
}

/** What is known about one indicator id; grid, validation, scoring, docs and command line read it from here. */
export interface IndicatorDefinition {
  readonly id: string;
  /** One line for a reader who knows the field. */
  readonly description: string;
  /** Where the formula is from. */
  readonly origin: string;
  /** Candle columns needed besides the `source` axis. */
  readonly inputs: readonly Column[];
  /** In definition order, which is enumeration order: the first axis runs slowest. */
  readonly axes: readonly AxisDefinition[];
  /** Two axes of which no value of `low` may exceed a value of `high`. */
  readonly ordered?: { readonly low: string; readonly high: string };
  /** Null: computed and shown, but no strategy can use it. */
  readonly rule: RuleFamily | null;
  /** Signal parameters the rule needs, sorted by name. */
  readonly signalParams: readonly string[];
  /** Name of the output that is scored. */
  readonly output: string;
  /** Its other outputs: no built-in rule scores them, expressions and `indicator` read them. */
  readonly otherOutputs?: readonly OtherOutput[];
  /** Name of the scored output in an expression, where it is another than `output`: `oscillator` of `aroon`. */
  readonly spoken?: string;
  /** Order of the arguments in an expression, where it is not the source and then the axes as they stand. */
  readonly argumentOrder?: readonly string[];
  /** Bars of the future a value depends on; an axis name where it is that axis's value. 0 for honest indicators. */
  readonly lookAhead: number | string;
  /** Where it is another thing than the reference implementation's indicator of that name. */
  readonly differs?: Difference;
  /** Bars before its own that a value needs to be complete; read it through `lookbackBars`. */
  readonly lookback: Lookback;
}
