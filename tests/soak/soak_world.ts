import { parseRequest } from "../../src/request/parse.ts";
import { connect, disconnect, type Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { openDatabase } from "../../src/adapters/postgres/open_database.ts";
import { submitJob } from "../../src/usecases/submit_job.ts";
import { testConfig } from "../helpers/config.ts";
import { freePort } from "../helpers/free_port.ts";
import { type RunningProgram, startProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { soakCsv, soakRequest } from "./soak_requests.ts";
import { installWatch } from "./soak_watch.ts";

/** A database under watch, candles, and worker processes on them. */
export interface SoakWorld extends AsyncDisposable {
  /** One connection, so that every other one is a worker's. */
  readonly sql: Sql;
  /** What a worker on it is started with. */
  readonly env: Readonly<Record<string, string>>;
  startWorker(): RunningProgram;
  /** Queues a small job of one of {@link requestKinds} kinds. */
  submit(kind: number): Promise<void>;
}

const userId = "11111111-1111-4111-8111-111111111111";

/** Opens a server of its own. Leases last 2 s. */
export async function soakWorld(): Promise<SoakWorld> {
  await using resources = new AsyncDisposableStack();
  const server = resources.use(await openDatabase("embedded:temporary", { onNotice: refuse }));
  const folder = resources.use(await temporaryFolder());
  const sql = connect(server.dsn, { connectionsMax: 1 });
  resources.defer(() => disconnect(sql));
  await migrate(sql);
  await installWatch(sql);
  await folder.write("candles/1/WALK.csv", soakCsv());
  const root = new URL("../../configs/", import.meta.url);
  const config = (await Deno.readTextFile(new URL("backtest.yaml", root)))
    .replace(/lease_seconds: \d+/, "lease_seconds: 2")
    .replace(/heartbeat_seconds: \d+/, "heartbeat_seconds: 1")
    .replace(/max_threads: \d+/, "max_threads: 1")
    .replace(/directory: [^\s,}]+/, `directory: ${folder.path}/candles`);
  const configPath = await folder.write("backtest.yaml", config);
  await folder.write("indicators.yaml", await Deno.readTextFile(new URL("indicators.yaml", root)));
  const env = { STRATEGY_PG_DSN: server.dsn, ROEHUB_BACKTEST_CONFIG: configPath };
  const { jobs } = postgresJobs(sql);
  const settings = testConfig();
  const kept = resources.move();
  return {
    sql,
    env,
    startWorker: () => startProgram(["worker", "--metrics-port", String(freePort())], { env }),
    async submit(kind) {
      await submitJob({ parsed: parseRequest(soakRequest(kind)), userId }, {
        jobs,
        config: { ...settings, jobs: { ...settings.jobs, max_active_jobs_per_user: 1_000_000 } },
        defaults: {},
        newId: () => crypto.randomUUID(),
      });
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function refuse(line: string): never {
  throw new Error(line);
}
