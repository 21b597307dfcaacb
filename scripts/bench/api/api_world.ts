import { connect, disconnect, type Sql } from "../../../src/adapters/postgres/connect.ts";
import { openDatabase } from "../../../src/adapters/postgres/open_database.ts";
import { type ApiProcess, apiProcess } from "../../../tests/helpers/api_process.ts";
import { freePort } from "../../../tests/helpers/free_port.ts";
import { withoutVariantsGuard } from "../../../tests/helpers/long_walk.ts";
import { startProgram } from "../../../tests/helpers/program.ts";
import { workerWorld } from "../../../tests/helpers/worker_world.ts";

/** A database, candles, an API process over them, and workers where they are asked for. */
export interface ApiWorld extends AsyncDisposable {
  readonly api: ApiProcess;
  readonly sql: Sql;
  /** Starts a worker process of one thread and returns its pid; it ends with the world. */
  startWorker(): Promise<number>;
}

/** Starts a Postgres and an API process of their own. */
export async function apiWorld(): Promise<ApiWorld> {
  await using resources = new AsyncDisposableStack();
  const server = resources.use(await openDatabase("embedded:temporary", { onNotice: refuse }));
  const world = resources.use(await workerWorld({ createDatabase: () => Promise.resolve(server.dsn) }));
  const config = (text: string) => withoutVariantsGuard(text).replace(/max_threads: \d+/, "max_threads: 1");
  const configPath = await world.folder.write(
    "workers.yaml",
    config(await Deno.readTextFile(world.configPath)),
  );
  const sql = connect(server.dsn, { connectionsMax: 4 });
  resources.defer(() => disconnect(sql));
  const api = resources.use(await apiProcess(world, { config }));
  const kept = resources.move();
  return {
    api,
    sql,
    async startWorker() {
      const args = ["worker", "--config", configPath, "--metrics-port", String(freePort())];
      const worker = startProgram(args, { env: world.env });
      kept.defer(async () => {
        worker.process.kill("SIGTERM");
        await worker.ended();
      });
      await worker.saw("event=metrics_started");
      return worker.process.pid;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function refuse(line: string): never {
  throw new Error(line);
}
