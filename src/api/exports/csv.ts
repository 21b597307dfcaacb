import { stringify } from "csv-stringify/sync";

/** Cells by column name in the order of `columns`, as CSV with a header; null is an empty field, infinity `inf`. */
export function toCsv(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return stringify(rows.map((row) => [...row]), {
    header: true,
    columns: [...columns],
    cast: { boolean: String, number: (value) => value === Infinity ? "inf" : String(value) },
  });
}
