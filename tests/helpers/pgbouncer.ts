import { freePort } from "./free_port.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** A pooler in front of one database. */
export interface Pooler extends AsyncDisposable {
  readonly dsn: string;
}

/** What pgbouncer is told. */
export interface PoolerOptions {
  readonly poolMode: "session" | "transaction" | "statement";
  /** Any free one unless given. */
  readonly port?: number;
  /** What it is shipped with unless given. */
  readonly poolSize?: number;
}

/** Starts pgbouncer on loopback, with the settings it is shipped with but those it must be told. */
export async function startPgbouncer(dsn: string, options: PoolerOptions): Promise<Pooler> {
  const { poolMode, poolSize } = options;
  const { hostname, port, username, password, pathname } = new URL(dsn);
  const folder = await temporaryFolder();
  const database = pathname.slice(1);
  const listenPort = options.port ?? freePort();
  const users = await folder.write("users.txt", `"${username}" "${password}"\n`);
  const config = await folder.write(
    "pgbouncer.ini",
    `[databases]
${database} = host=${hostname} port=${port} dbname=${database} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
auth_type = any
auth_file = ${users}
pool_mode = ${poolMode}
unix_socket_dir =
${poolSize === undefined ? "" : `default_pool_size = ${poolSize}`}
`,
  );
  await Deno.chmod(folder.path, 0o755);
  const asRoot = Deno.uid() === 0 ? ["-u", "nobody"] : [];
  const process = new Deno.Command("pgbouncer", {
    args: ["-q", ...asRoot, config],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const ended = process.status.then(({ code }) => Promise.reject(new Error(`pgbouncer ended with ${code}`)));
  ended.catch(() => {});
  await Promise.race([untilListening(listenPort), ended]);
  const url = new URL(dsn);
  url.port = String(listenPort);
  return {
    dsn: url.href,
    async [Symbol.asyncDispose]() {
      process.kill("SIGTERM");
      await process.status;
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function untilListening(port: number): Promise<void> {
  for (;;) {
    try {
      return (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    }
  }
}
