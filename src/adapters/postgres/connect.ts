import postgres from "postgres";

/** A pool; opened by {@link connect}, closed by {@link disconnect}. */
export type Sql = postgres.Sql;

/** A pool, or one connection of it inside a transaction. */
export type SqlContext = postgres.ISql;

/** A pool of at most `connectionsMax` connections to a `postgres://` DSN. Connects with the first statement. */
export function connect(dsn: string, options: { readonly connectionsMax: number }): Sql {
  return postgres(dsn, {
    max: options.connectionsMax,
    connect_timeout: 5,
    idle_timeout: 60,
    onnotice: () => {},
    connection: {
      application_name: "backtest-job-runner",
      // A statement of ours takes milliseconds; one that hangs must not hold a row lock for ever.
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 30_000,
    },
  });
}

/** Closes a pool; statements under way get five seconds. */
export async function disconnect(sql: Sql): Promise<void> {
  await sql.end({ timeout: 5 });
}
