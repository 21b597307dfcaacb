import postgres from "postgres";
import { validationError } from "../../core/errors.ts";

/** A pool; opened by {@link connect}, closed by {@link disconnect}. */
export type Sql = postgres.Sql;

/** A pool, or one connection of it inside a transaction. */
export type SqlContext = postgres.ISql;

/** What the server's list of sessions calls us. */
export const applicationName = "backtest-job-runner";

const reconnectSeconds = 0.25;

/** How a pool is opened. */
export interface ConnectOptions {
  readonly connectionsMax: number;
  /** Sees every statement before it is sent, with the number of its connection. */
  readonly onStatement?: (statement: SentStatement) => void;
}

/** A statement on its way to the server. */
export interface SentStatement {
  readonly connection: number;
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/**
 * A pool of at most `connectionsMax` connections to a `postgres://` DSN. Connects with the first statement. Throws a
 * `validation_error`, without the DSN and its password, for a DSN that is no URL.
 */
export function connect(dsn: string, options: ConnectOptions): Sql {
  try {
    return openPool(dsn, options);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof URIError)) throw error;
    throw validationError("Cannot open the database: the DSN is no URL", [{
      path: "dsn",
      code: "unsupported",
      message:
        "DSN must be postgres://user:password@host:port/database, with signs such as @ / % ? # in user and " +
        "password percent-encoded",
    }]);
  }
}

function openPool(dsn: string, options: ConnectOptions): Sql {
  const { onStatement } = options;
  return postgres(dsn, {
    max: options.connectionsMax,
    connect_timeout: 5,
    idle_timeout: 60,
    // Who asks decides how long to wait; the driver's own patience, up to 20 s, would outlast a lease.
    backoff: () => reconnectSeconds,
    onnotice: () => {},
    ...(onStatement &&
      { debug: (connection, text, parameters) => onStatement({ connection, text, parameters }) }),
    connection: {
      application_name: applicationName,
      // A statement of ours takes milliseconds; one that hangs must not hold a row lock for ever.
      statement_timeout: 30_000,
      // A worker that stands still inside a transaction keeps its job from being reclaimed only this long.
      idle_in_transaction_session_timeout: 5_000,
    },
  });
}

// Less than the grace of a process that was told to stop.
const closeSeconds = 2;

/** Closes a pool; statements under way get two seconds. */
export async function disconnect(sql: Sql): Promise<void> {
  await sql.end({ timeout: closeSeconds });
}
