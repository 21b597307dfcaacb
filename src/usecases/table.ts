/** One value of a table. */
export type Cell = string | number | boolean | null;

/** One column of a table; all columns of a table have the same number of values. */
export interface Column {
  readonly name: string;
  readonly kind: "text" | "integer" | "number" | "boolean";
  readonly values: readonly Cell[];
}
