import { missingColumn } from "../../core/bars/mod.ts";
import { isNumberType, ownColumns, type TableColumn } from "./candle_columns.ts";
import type { TimeframeTable } from "./timeframe_table.ts";

/** The statement that names the columns of a table. */
export function describeQuery(table: TimeframeTable): string {
  return `DESCRIBE TABLE ${table.name}`;
}

/** Throws a `validation_error` where a table has no numeric column of one of these names, with those it has. */
export function requireFurther(
  names: readonly string[],
  { columns, label }: { readonly columns: readonly TableColumn[]; readonly label: string },
): void {
  const numeric = columns.filter(({ type }) => isNumberType(type)).map(({ name }) => name);
  const there = numeric.filter((name) => !ownColumns.has(name));
  const missing = names.find((name) => !numeric.includes(name) || identities.has(name));
  if (missing !== undefined) throw missingColumn(missing, { label, there });
}

/** Numbers that say which candle it is. */
const identities: ReadonlySet<string> = new Set(["market_id", "ts_open", "ingested_at"]);

/** A name as an identifier of a statement, whatever is in it. */
export function identifier(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}
