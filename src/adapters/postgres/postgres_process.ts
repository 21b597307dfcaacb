import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect, disconnect } from "./connect.ts";
import type { Binaries } from "./embedded_binaries.ts";
import { type Cluster, lastLine } from "./embedded_cluster.ts";
import type { ServerUser } from "./embedded_user.ts";
import { isDriverError } from "./storage_error.ts";

/** A running server. */
export interface PostgresProcess {
  readonly port: number;
  /** With the password in it; never to be logged. */
  readonly dsn: string;
  /** Shuts the server down and, when its cluster is temporary, removes that; resolves when both are done. */
  stop(): Promise<void>;
}

/** What a server is started with. */
export interface StartOptions {
  readonly binaries: Binaries;
  readonly user: ServerUser | null;
  readonly cluster: Cluster;
  /** Any free one of loopback unless given. */
  readonly port?: number;
  /** Parameters of the server in place of ours. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** How the ms between two looks or attempts go by; by the machine's timer unless given. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

const maxAttempts = 8;
const retryMs = 250;
const startTimeoutMs = 30_000;
const pollMs = 20;
/** What a server says that finds the one before, or what SIGKILL has left of it, still running. */
const heldText = /postmaster\.pid" already exists|pre-existing shared memory block/;
/** What a server answers while it starts. */
const cannotConnectNow = "57P03";

/**
 * Runs the server below a shell that reads a pipe from us. However we end, even by SIGKILL, the pipe closes, and the shell
 * shuts the server down and removes temporary data. Its status is the server's.
 */
const supervisor = `
log=$1 remove=$2; shift 2
exec 3<&0
"$@" </dev/null >>"$log" 2>&1 3<&- &
server=$!
{ cat <&3; kill -INT "$server"; } >/dev/null 2>&1 &
exec 3<&-
wait "$server"; status=$?
if [ -n "$remove" ] && [ "$status" -eq 0 ]; then rm -rf "$remove"; fi
exit "$status"`;

/**
 * Starts a server on a free port of loopback and waits until it answers. Tries again while the port was taken in between,
 * or the server of a process that was killed is still shutting down. Throws with the log's reason otherwise.
 */
export async function startPostgres(options: StartOptions): Promise<PostgresProcess> {
  const { cluster, wait = delay } = options;
  for (let attempt = 1;; attempt++) {
    const port = options.port ?? freePort();
    const dsn = `postgres://postgres:${cluster.password}@127.0.0.1:${port}/postgres`;
    const logLength = (await readLog(cluster)).length;
    const child = spawn(options, port);
    try {
      await untilAnswering(child, { dsn, wait });
      return { port, dsn, stop: () => stop(child, cluster) };
    } catch (error) {
      await closePipe(child);
      const log = (await readLog(cluster)).slice(logLength);
      const isHeld = heldText.test(log);
      if (attempt < maxAttempts && (isHeld || /address already in use/i.test(log))) {
        await wait(retryMs);
        continue;
      }
      await stop(child, cluster);
      const why = isHeld
        ? "another process uses the folder"
        : error instanceof Error
        ? error.message
        : String(error);
      throw new Error(`${why} (${lastLine(log)})`);
    }
  }
}

function spawn({ binaries, user, cluster, settings: given }: StartOptions, port: number): Deno.ChildProcess {
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 60,
    shared_buffers: "32MB",
    wal_level: "minimal",
    max_wal_senders: 0,
    timezone: "UTC",
    log_timezone: "UTC",
    ...(cluster.temporary && { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
    ...given,
  };
  const child = new Deno.Command("/bin/sh", {
    args: [
      "-c",
      supervisor,
      "sh",
      logFile(cluster),
      cluster.temporary ? cluster.directory : "",
      binaries.postgres,
      "-D",
      cluster.data,
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    cwd: "/",
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
    // A session of its own: Ctrl-C in our terminal must not stop the server before we have finished with it.
    detached: true,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    ...user,
  }).spawn();
  // A server alone is no reason to keep this process running.
  child.unref();
  return child;
}

async function untilAnswering(
  child: Deno.ChildProcess,
  { dsn, wait }: { readonly dsn: string; readonly wait: (ms: number) => Promise<unknown> },
): Promise<void> {
  let exited = false;
  child.status.then(() => exited = true);
  for (let waitedMs = 0; waitedMs < startTimeoutMs; waitedMs += pollMs) {
    if (exited) throw new Error("the server ended at once");
    if (await answers(dsn)) return;
    await wait(pollMs);
  }
  throw new Error(`no answer in ${startTimeoutMs / 1000} s`);
}

async function answers(dsn: string): Promise<boolean> {
  const sql = connect(dsn, { connectionsMax: 1 });
  try {
    await sql`SELECT 1`;
    return true;
  } catch (error) {
    const refused = isDriverError(error) && error.name !== "PostgresError";
    if (refused || (isDriverError(error) && error.code === cannotConnectNow)) return false;
    throw error;
  } finally {
    await disconnect(sql);
  }
}

async function stop(child: Deno.ChildProcess, cluster: Cluster): Promise<void> {
  await closePipe(child);
  if (cluster.temporary) await Deno.remove(cluster.directory, { recursive: true }).catch(() => {});
}

async function closePipe(child: Deno.ChildProcess): Promise<void> {
  child.ref();
  // The pipe is broken when the supervisor has ended by itself.
  await child.stdin.close().catch(() => {});
  await child.status;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function readLog(cluster: Cluster): Promise<string> {
  return await Deno.readTextFile(logFile(cluster)).catch(() => "");
}

function logFile(cluster: Cluster): string {
  return join(cluster.data, "server.log");
}
