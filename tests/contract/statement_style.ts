import assert from "node:assert/strict";
import { connect, disconnect, type Sql } from "../../src/adapters/postgres/connect.ts";

/** Statements that have been found to be as CONTRIBUTING has them. */
const judged = new Set<string>();

/** A pool whose statements are held to the style that CONTRIBUTING describes when it is closed. */
export interface JudgedPool {
  readonly sql: Sql;
  /** Has the server parse each new statement as `psql` would send it. Rejects where a type or a capital is missing. */
  close(): Promise<void>;
}

/** Connects to a database of a contract's tests. */
export function connectJudged(
  { dsn, connectionsMax }: { readonly dsn: string; readonly connectionsMax: number },
): JudgedPool {
  const sent = new Set<string>();
  const sql = connect(dsn, { connectionsMax, onStatement: ({ text }) => void sent.add(text) });
  return {
    sql,
    async close() {
      try {
        for (const text of [...sent].filter((text) => !judged.has(text))) {
          judged.add(text);
          await judge(sql, text);
        }
      } finally {
        await disconnect(sql);
      }
    },
  };
}

async function judge(sql: Sql, text: string): Promise<void> {
  // migrations are files, which psql runs as they are
  if (!/^\s*(WITH|SELECT|INSERT|UPDATE|DELETE)\b/i.test(text)) return;
  assert.deepEqual(text.match(/\$\d+(?!\d|::)/g), null, `a parameter without its type: ${text}`);
  assert.deepEqual(
    text.match(/\b(with|select|insert into|update|delete from|where|returning)\b/g),
    null,
    text,
  );
  await sql.begin(async (tx) => {
    await tx.unsafe(`PREPARE statement_style AS ${text}`);
    await tx.unsafe("DEALLOCATE statement_style");
  }).catch((error) => {
    throw new Error(`psql would not take: ${text}`, { cause: error });
  });
}
