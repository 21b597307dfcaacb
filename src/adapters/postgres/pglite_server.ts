import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { BacktestError } from "../../core/errors/mod.ts";
import type { Database } from "./database.ts";

/** A server inside our own thread cannot be interrupted by a timeout; it would only leave timers behind. */
const noTimeouts = "statement_timeout=0&idle_in_transaction_session_timeout=0";

/**
 * PGlite behind a socket on loopback, in memory when `directory` is null. It has one connection: a second one would wait
 * for ever while a transaction of the first is open.
 */
export async function openPglite(directory: string | null): Promise<Database> {
  const place = directory === null ? "in memory" : `in "${directory}"`;
  try {
    // large, and of no use to whom a server answers
    const { PGlite } = await import("@electric-sql/pglite");
    const { PGLiteSocketServer } = await import("@electric-sql/pglite-socket");
    if (directory !== null) await mkdir(dirname(directory), { recursive: true });
    const database = await PGlite.create(directory ?? "memory://");
    // The socket of a connection just closed may still count when the next one comes, hence two.
    const server = new PGLiteSocketServer({ db: database, port: 0, maxConnections: 2 });
    await server.start();
    const close = async () => {
      await server.stop();
      await database.close();
    };
    return {
      dsn: `postgres://postgres@${server.getServerConn()}/postgres?${noTimeouts}`,
      connectionsMax: 1,
      canListen: false,
      description: `PGlite ${place}`,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BacktestError("storage_unavailable", `Cannot start PGlite ${place}: ${reason}`, {
      cause: error,
    });
  }
}
