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
  /** Per axis: whether numbers print as integers in variant keys (`3`) or as floats (`3.0`); per value for explicit signal axes. */
  readonly integral: readonly boolean[];
}
