import type { IndicatorId } from "../../../src/core/catalogue/mod.ts";
import type { OracleCandles } from "../candles.ts";

/** What an indicator is computed from. */
export interface OracleInput {
  readonly candles: OracleCandles;
  /** The chosen source, or the close where the indicator has none. */
  readonly x: readonly number[];
  /** Chosen values of its axes. */
  readonly values: Readonly<Record<string, number | string>>;
  /** `Number(values.window)`. */
  readonly window: number;
}

/** The scored output in f64, one value per bar; it is rounded to f32 afterwards. */
export type Oracle = (input: OracleInput) => number[];

/** Oracles of a family, or of all indicators; one that lacks its oracle is a type error. */
export type Oracles<Family extends string = string> = Readonly<
  Record<Extract<IndicatorId, `${Family}.${string}`>, Oracle>
>;

/** Oracles of outputs that are not scored, by name. */
export type OutputOracles = Readonly<Record<string, Oracle>>;
