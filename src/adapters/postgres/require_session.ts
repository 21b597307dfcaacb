import { BacktestError } from "../../core/errors/mod.ts";
import type { Clock } from "../../ports/clock.ts";
import { race } from "../../ports/race.ts";
import { connect, disconnect, type Sql } from "./connect.ts";
import { withStorageErrors } from "./storage_error.ts";

const patienceMs = 10_000;

/**
 * Rejects with `storage_unavailable` unless every connection has a session of its own, as a server gives it and a pooler in
 * session mode does. Settings, prepared statements and LISTEN belong to the session: over a pooler in transaction or statement
 * mode they would come and go. Opens two connections for a moment.
 */
export async function requireSession(dsn: string, clock: Pick<Clock, "sleep">): Promise<void> {
  const pools = [1, 2].map(() => connect(dsn, { connectionsMax: 1 }));
  const [first, second] = pools as [Sql, Sql];
  try {
    const look = () =>
      withStorageErrors("open the database", async () => {
        const ours = await session(first);
        const theirs = await session(second);
        if (theirs === ours || await session(first) !== ours) throw sharedSession();
      });
    await race(look, { deadline: { clock, ms: patienceMs, late: noSecond } });
  } finally {
    await Promise.all(pools.map((sql) => disconnect(sql, { seconds: 0 })));
  }
}

/** The server process behind a connection. Without parameters, as a pooler may know no prepared statements. */
async function session(sql: Sql): Promise<number> {
  const [row] = await sql.unsafe<[{ readonly pid: number }]>("SELECT pg_backend_pid() AS pid");
  return row.pid;
}

function sharedSession(): BacktestError {
  return new BacktestError(
    "storage_unavailable",
    "Cannot use the database: its connections share sessions, as a pooler in transaction or statement mode makes them; " +
      "set pool_mode = session, or let the DSN name the server itself",
  );
}

function noSecond(): never {
  throw new BacktestError(
    "storage_unavailable",
    `Cannot use the database: no second connection within ${
      patienceMs / 1000
    } s; a pooler in session mode needs a pool of ` +
      "at least 11 connections for each process",
  );
}
