import { freePort } from "./free_port.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** A pooler in front of one database. */
export interface Pooler extends AsyncDisposable {
  readonly dsn: string;
}

/** Debian's pgbouncer, where the machine has it. */
export const pgbouncer = {
  /** Whether this machine has it; where it has not, one line on stderr says what is left out. */
  async isThere(): Promise<boolean> {
    const there = await version().then(({ success }) => success, () => false);
    if (!there) {
      console.error("SKIPPED: there is no pgbouncer on this machine (apt-get install pgbouncer has it)");
    }
    return there;
  },

  /** Starts it on loopback, with the settings it is shipped with but those it must be told. */
  async start(
    dsn: string,
    { poolMode }: { readonly poolMode: "session" | "transaction" | "statement" },
  ): Promise<Pooler> {
    const { hostname, port, username, password, pathname } = new URL(dsn);
    const folder = await temporaryFolder();
    const database = pathname.slice(1);
    const listenPort = freePort();
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
`,
    );
    await Deno.chmod(folder.path, 0o755);
    const asRoot = Deno.uid() === 0 ? ["-u", "nobody"] : [];
    const process = new Deno.Command("pgbouncer", {
      args: ["-q", ...asRoot, config],
      stdout: "null",
      stderr: "null",
    }).spawn();
    const ended = process.status.then(({ code }) =>
      Promise.reject(new Error(`pgbouncer ended with ${code}`))
    );
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
  },
};

async function version(): Promise<{ readonly success: boolean }> {
  return await new Deno.Command("pgbouncer", { args: ["--version"], stdout: "null", stderr: "null" })
    .output();
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
