import type { Sql } from "../../src/adapters/postgres/connect.ts";

/** Name of the constraint that an update of the table's first row breaks while all checks but the named one are away. */
export async function brokenConstraint(
  sql: Sql,
  update: { readonly table: string; readonly name: string; readonly assignments: string },
): Promise<string> {
  const { table, name, assignments } = update;
  const others = await sql<{ readonly conname: string }[]>`
    SELECT conname FROM pg_constraint
    WHERE contype = 'c' AND conrelid = ${table}::text::regclass AND conname <> ${name}`;
  const first = `(SELECT min(ctid) FROM ${table})`;
  return await sql.begin(async (tx) => {
    for (const { conname } of others) await tx.unsafe(`ALTER TABLE ${table} DROP CONSTRAINT ${conname}`);
    await tx.unsafe(`UPDATE ${table} SET ${assignments} WHERE ctid = ${first}`);
    return "none";
  }).catch((error: { constraint_name?: string }) => error.constraint_name ?? String(error));
}
