import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { validationError } from "../../core/errors/mod.ts";
import { dsnWithCertificates } from "./dsn_tls.ts";
import { openSocket, type TlsMode } from "./server_socket.ts";
import { setUpSession, startPadding } from "./session_setup.ts";

/** A pool; opened by {@link connect}, closed by {@link disconnect}. */
export type Sql = postgres.Sql;

/** A pool, or one connection of it inside a transaction. */
export type SqlContext = postgres.ISql;

/** What the server's list of sessions calls us. */
export const applicationName = "backtest-job-runner";

const reconnectSeconds = 0.25;
const connectSeconds = 5;

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

/** What every session is set to before its first statement. */
const sessionSettings: readonly string[] = [
  // A statement of ours takes milliseconds; one that hangs must not hold a row lock for ever.
  "SET statement_timeout = 30000",
  // A worker that stands still inside a transaction keeps its job from being reclaimed only this long.
  "SET idle_in_transaction_session_timeout = 5000",
  // A session keeps its plans, also those made while a table was a page or two, which is shorter to read than an index. All our
  // statements have one to go by; where there is none, the setting changes nothing but the cost, which must not start a compiler.
  "SET enable_seqscan = off",
  "SET jit = off",
  // A session whose client is gone without a word, as after a partition, must not keep its connection for hours.
  "SET tcp_keepalives_idle = 10",
  "SET tcp_keepalives_interval = 5",
  "SET tcp_keepalives_count = 3",
];

/** What is known of the attempts of a pool to connect, which are not to outlive it. */
interface Attempts {
  /** Ends those that are under way; aborted when the pool is closed. */
  readonly closing: AbortController;
  isEnding: boolean;
  /** When a connection was lost that the driver may want back, by `performance.now()`. */
  lostMs: number;
}

const attemptsOf = new WeakMap<Sql, Attempts>();

function openPool(given: string, options: ConnectOptions): Sql {
  const { dsn, certificates } = dsnWithCertificates(given, (path) => Deno.readTextFileSync(path));
  const { onStatement } = options;
  const attempts: Attempts = { closing: new AbortController(), isEnding: false, lostMs: -Infinity };
  const tls = tlsMode(dsn);
  let opened = 0;
  const socket = async ({ host, port, path }: DriverOptions) => {
    const turn = opened++ % host.length;
    const address = { host: host[turn]!, port: port[turn]!, ...(path ? { path } : {}), tls, certificates };
    const timeoutMs = connectSeconds * 1000;
    return setUpSession(
      await openSocket(address, { timeoutMs, closed: attempts.closing.signal }),
      sessionSettings,
    );
  };
  const settings: postgres.Options<Record<string, never>> & { readonly socket: typeof socket } = {
    max: options.connectionsMax,
    connect_timeout: connectSeconds,
    idle_timeout: 60,
    // Who asks decides how long to wait; the driver's own patience, up to 20 s, would outlast a lease.
    backoff: () => {
      if (!attempts.isEnding) attempts.lostMs = performance.now();
      return reconnectSeconds;
    },
    onnotice: () => {},
    ...(onStatement &&
      { debug: (connection, text, parameters) => onStatement({ connection, text, parameters }) }),
    // Would read the types of arrays before the first statement, and end the process when the connection dies meanwhile.
    fetch_types: false,
    ssl: false,
    socket,
    connection: { application_name: applicationName, ...startPadding },
  };
  const sql = postgres(dsn, settings);
  attemptsOf.set(sql, attempts);
  return sql;
}

/** What the driver gives to the maker of a socket; its types do not tell. */
interface DriverOptions {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly path: string | false;
}

const tlsModes: Readonly<Record<string, TlsMode>> = {
  disable: "disable",
  false: "disable",
  allow: "prefer",
  prefer: "prefer",
  require: "require",
  true: "require",
  "verify-ca": "verify-full",
  "verify-full": "verify-full",
};

/** `sslmode` of a DSN, or `ssl`, which older ones have. */
function tlsMode(dsn: string): TlsMode {
  const query = new URLSearchParams(dsn.split("?")[1] ?? "");
  const sent = query.get("sslmode") ?? query.get("ssl") ?? "disable";
  const mode = tlsModes[sent];
  if (mode) return mode;
  const known = "disable, prefer, require, verify-ca, verify-full";
  throw validationError(`Cannot open the database: sslmode of the DSN is "${sent.slice(0, 40)}"`, [{
    path: "dsn",
    code: "unsupported",
    message: `sslmode must be one of: ${known}`,
  }]);
}

// Less than the grace of a process that was told to stop.
const closeSeconds = 2;

/** Closes a pool; statements under way get two seconds, or as many as told. */
export async function disconnect(
  sql: Sql,
  { seconds = closeSeconds, listened = false }: { readonly seconds?: number; readonly listened?: boolean } =
    {},
): Promise<void> {
  const attempts = attemptsOf.get(sql);
  if (attempts) attempts.isEnding = true;
  const ended = sql.end({ timeout: seconds });
  if (seconds === 0) attempts?.closing.abort();
  await ended;
  attempts?.closing.abort();
  if (attempts && listened) await lastAttempt(attempts);
}

/**
 * Waits for the driver's timer of its next attempt to connect, which nothing can take back, and for the attempt, which
 * finds its pool closed: at most a quarter of a second, and only after a connection was lost. Of a pool that only answers
 * statements it wants no connection back.
 */
async function lastAttempt({ lostMs }: Attempts): Promise<void> {
  const leftMs = lostMs + reconnectSeconds * 1000 - performance.now();
  if (leftMs <= 0) return;
  // the driver cuts its times to whole milliseconds
  await sleep(Math.ceil(leftMs) + 1);
  // a socket that cannot be had says so two turns later
  await nextTurn();
  await nextTurn();
}
