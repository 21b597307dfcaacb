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

/** Oracles by indicator id. */
export type Oracles = Readonly<Record<string, Oracle>>;
