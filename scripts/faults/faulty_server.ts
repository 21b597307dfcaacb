import { locateBinaries } from "../../src/adapters/postgres/embedded_binaries.ts";
import { type Cluster, openCluster } from "../../src/adapters/postgres/embedded_cluster.ts";
import { findServerUser, giveTo, temporaryRoot } from "../../src/adapters/postgres/embedded_user.ts";
import { connect, disconnect, type Sql } from "../../src/adapters/postgres/connect.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import {
  type PostgresProcess,
  type StartOptions,
  startPostgres,
} from "../../src/adapters/postgres/postgres_process.ts";
import { pause } from "./pause.ts";
import { freePort } from "../../tests/helpers/free_port.ts";

/** What a server is made with. */
export interface ServerOptions {
  readonly settings?: StartOptions["settings"];
  /** Prepares the folder of its data, before there are any; what it returns is disposed of when the server has ended. */
  readonly prepare?: (directory: string) => Promise<AsyncDisposable>;
}

const patienceMs = 30_000;

/** The first answer of a server that may be starting, or have no room. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = performance.now() + patienceMs;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(100);
    }
  }
}

/** The role of workers and APIs: no superuser, so that the seats reserved for those are not theirs. */
const role = "backtest";

/** A real Postgres on one port that can be stopped, killed and started again over the same data, all of it synced. */
export class FaultyServer implements AsyncDisposable {
  readonly port = freePort();
  /** Of the role that workers and APIs have. */
  readonly dsn: string;
  readonly #options: StartOptions;
  readonly #adminDsn: string;
  readonly #folder: AsyncDisposable;
  #running: PostgresProcess | null = null;

  private constructor(options: Omit<StartOptions, "port">, folder: AsyncDisposable) {
    this.#folder = folder;
    this.#options = { ...options, port: this.port };
    const { password } = options.cluster;
    this.#adminDsn = `postgres://postgres:${password}@127.0.0.1:${this.port}/postgres`;
    this.dsn = `postgres://${role}:${password}@127.0.0.1:${this.port}/postgres`;
  }

  /** Makes a cluster in a folder of its own, with the schema and the role in it, and starts it. */
  static async open({ settings = {}, prepare }: ServerOptions = {}): Promise<FaultyServer> {
    const user = await findServerUser();
    const binaries = await locateBinaries(user);
    await using folder = new AsyncDisposableStack();
    const directory = await Deno.makeTempDir({ dir: await temporaryRoot(user), prefix: "backtest-faults-" });
    folder.defer(() => Deno.remove(directory, { recursive: true }));
    await giveTo(user, directory);
    if (prepare) folder.use(await prepare(directory));
    const cluster = await openCluster(directory, { binaries, user });
    const everywhere = "host all all all scram-sha-256\n";
    await Deno.writeTextFile(`${cluster.data}/pg_hba.conf`, everywhere, { append: true });
    const server = new FaultyServer({ binaries, user, cluster, settings }, folder.move());
    await server.start();
    await server.admin(async (sql) => {
      await migrate(sql);
      await sql.unsafe(`
        CREATE ROLE ${role} LOGIN PASSWORD '${cluster.password}';
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role};
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${role}`);
    });
    return server;
  }

  /** The same DSN by way of another address. */
  dsnAt(hostname: string, port = this.port): string {
    const url = new URL(this.dsn);
    url.hostname = hostname;
    url.port = String(port);
    return url.href;
  }

  get cluster(): Cluster {
    return this.#options.cluster;
  }

  async start(): Promise<void> {
    this.#running = await startPostgres(this.#options);
  }

  /** Ends every session and shuts down, as an operator's restart does. */
  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = null;
  }

  /** SIGKILL to the postmaster alone. */
  async killPostmaster(): Promise<void> {
    Deno.kill(await this.#postmaster(), "SIGKILL");
    await this.stop();
  }

  /** Whether the postmaster lives. */
  async isRunning(): Promise<boolean> {
    try {
      Deno.kill(await this.#postmaster(), "SIGCONT");
      return true;
    } catch {
      return false;
    }
  }

  /** Work with one connection of a superuser, which is opened for it as soon as the server takes one. */
  async admin<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const sql = connect(this.#adminDsn, { connectionsMax: 1 });
    try {
      await untilAnswered(() => sql`SELECT 1`);
      return await work(sql);
    } finally {
      await disconnect(sql, { seconds: 0 });
    }
  }

  async log(): Promise<string> {
    return await Deno.readTextFile(`${this.cluster.data}/server.log`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#folder[Symbol.asyncDispose]();
  }

  async #postmaster(): Promise<number> {
    const text = await Deno.readTextFile(`${this.cluster.data}/postmaster.pid`);
    return Number(text.split("\n", 1)[0]);
  }
}
