/** An axis as a request or a config writes it. */
export type AxisSpec =
  | { readonly mode: "explicit"; readonly values: readonly (number | string)[] }
  | { readonly mode: "range"; readonly start: number; readonly stop_incl: number; readonly step: number };

/** What a value of an axis is; decides about bounds and about how variant keys print it. */
export type AxisKind = "source" | "int" | "float" | "signal";

/** An axis with its values spelled out, in enumeration order. */
export interface Axis {
  readonly name: string;
  readonly kind: AxisKind;
  readonly values: readonly (number | string)[];
  /**
   * Per value: whether it prints as an integer in variant keys (`3`) or as a float (`3.0`). The same for all values of a
   * parameter or a range; as written for an explicit signal axis; false for sources.
   */
  readonly integral: readonly boolean[];
}
