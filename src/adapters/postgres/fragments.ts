import type postgres from "postgres";
import type { SqlContext } from "./connect.ts";
import { momentSql } from "./job_sql.ts";

/** A piece of a statement. */
export type SqlFragment = postgres.Fragment;

/** The database clock, as {@link momentSql} has it. */
export function moment(sql: SqlContext): SqlFragment {
  return sql.unsafe(momentSql);
}

/**
 * A value as a parameter of type jsonb, null as NULL; as text, because the driver would encode a jsonb parameter a second
 * time.
 */
export function asJsonb(sql: SqlContext, value: unknown): SqlFragment {
  return sql`${value === null ? null : JSON.stringify(value)}::text::jsonb`;
}

/**
 * Texts as one parameter, for `= ANY (...)` and `unnest(...)`; a cast makes them of another type. As JSON, because the
 * driver would have to read the server's array types to write an array.
 */
export function asTexts(sql: SqlContext, texts: readonly string[]): SqlFragment {
  return sql`ARRAY(SELECT jsonb_array_elements_text(${asJsonb(sql, texts)}))`;
}
