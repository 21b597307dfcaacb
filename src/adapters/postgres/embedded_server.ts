import { join, resolve } from "node:path";
import { BacktestError } from "../../core/errors/mod.ts";
import type { Database } from "./database.ts";
import { locateBinaries } from "./embedded_binaries.ts";
import { type Cluster, clusterExists, createTemporaryCluster, openCluster } from "./embedded_cluster.ts";
import { findServerUser } from "./embedded_user.ts";
import { openPglite } from "./pglite_server.ts";
import { type PostgresProcess, startPostgres } from "./postgres_process.ts";

/** The server allows more, so that an operator's psql finds room. */
const connectionsMax = 20;

/**
 * A Postgres server of our own over the cluster in `directory`, or over a temporary one. Where none can be started, a
 * PGlite takes its place and `onNotice` is told; but never where a cluster exists, whose jobs would seem to be gone.
 */
export async function openEmbedded(
  directory: string | null,
  onNotice: (line: string) => void,
): Promise<Database> {
  const substitute = directory === null ? null : join(directory, "pglite");
  const mayReplace = directory === null || !await clusterExists(directory);
  if (substitute && mayReplace && await exists(substitute)) {
    onNotice(`Using PGlite instead of embedded Postgres: "${substitute}" already holds its data`);
    return await openPglite(substitute);
  }
  try {
    return await start(directory);
  } catch (error) {
    if (!mayReplace || !(error instanceof BacktestError)) throw error;
    onNotice(`Using PGlite (one connection) instead of embedded Postgres: ${error.message}`);
    return await openPglite(substitute);
  }
}

async function start(directory: string | null): Promise<Database> {
  const place = directory === null ? "a temporary directory" : `"${directory}"`;
  try {
    const user = await findServerUser();
    const binaries = await locateBinaries(user);
    const cluster = directory === null
      ? await createTemporaryCluster(binaries, user)
      : await openCluster(resolve(directory), { binaries, user });
    const server = await startPostgres({ binaries, user, cluster });
    return toDatabase(cluster, server);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BacktestError("storage_unavailable", `Cannot start embedded Postgres in ${place}: ${reason}`, {
      cause: error,
    });
  }
}

function toDatabase(cluster: Cluster, server: PostgresProcess): Database {
  const close = () => server.stop();
  return {
    dsn: server.dsn,
    connectionsMax,
    canListen: true,
    description: `embedded Postgres at 127.0.0.1:${server.port}, ${
      cluster.temporary ? "temporary" : `data in "${cluster.directory}"`
    }`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
