import type postgres from "postgres";
import type { SqlContext } from "./connect.ts";

/** A statement whose text never changes, with the values of its `$1`, `$2`, ... */
export interface PreparedStatement {
  readonly text: string;
  readonly parameters: readonly (string | number | Uint8Array | null)[];
}

/**
 * Sends a statement, which the server parses once per connection. For statements of the queue, which are sent all the
 * time: the driver would put a template and its fragments together anew with every call, and a claim with its finish took
 * a third more of the client's time.
 */
export async function run<Row extends object>(
  sql: SqlContext,
  { text, parameters }: PreparedStatement,
): Promise<postgres.RowList<Row[]>> {
  return await sql.unsafe<Row[]>(text, [...parameters], { prepare: true });
}
