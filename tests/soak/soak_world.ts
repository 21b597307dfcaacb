import { parseRequest } from "../../src/request/parse.ts";
import { connect, disconnect, type Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { openDatabase } from "../../src/adapters/postgres/open_database.ts";
import { submitJob } from "../../src/usecases/submit_job.ts";
import { testConfig } from "../helpers/config.ts";
import { freePort } from "../helpers/free_port.ts";
import { type RunningProgram, startProgram } from "../helpers/program.ts";
import { randomWalk } from "../helpers/series.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
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

/** How many different requests there are; jobs of one kind must have equal results. */
export const requestKinds = 8;

const bars = 600;
const firstMs = Date.UTC(2025, 0, 1);
const hourMs = 3_600_000;
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
  await folder.write("candles/1/WALK.csv", walkCsv());
  const root = new URL("../../configs/", import.meta.url);
  const config = (await Deno.readTextFile(new URL("backtest.yaml", root)))
    .replace(/lease_seconds: \d+/, "lease_seconds: 2")
    .replace(/heartbeat_seconds: \d+/, "heartbeat_seconds: 1")
    .replace(/max_threads: \d+/, "max_threads: 1")
    .replace(/directory: \S+/, `directory: ${folder.path}/candles`);
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
      await submitJob({ parsed: parseRequest(request(kind)), userId }, {
        jobs,
        config: { ...settings, jobs: { ...settings.jobs, maxActiveJobsPerUser: 1_000_000 } },
        defaults: {},
        newId: () => crypto.randomUUID(),
      });
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Shapes differ in length, indicators, ranking and folding; all have 5 rows to report. */
function request(kind: number) {
  const ranking = kind % 3 === 1 ? { ranking: { primary_metric: "max_drawdown_pct" } } : {};
  const folding = kind % 4 === 2 ? { fold_equal: true } : {};
  return {
    ...ranking,
    ...folding,
    time_range: {
      start: "2025-01-05T00:00:00Z",
      end: `2025-01-${String(24 - kind).padStart(2, "0")}T00:00:00Z`,
    },
    template: {
      instrument_id: { market_id: 1, symbol: "WALK" },
      timeframe: "1h",
      indicator_grids: [{
        indicator_id: "ma.sma",
        params: { window: { mode: "range", start: 2, stop_incl: 5 + kind, step: 1 } },
        source: { mode: "explicit", values: ["close"] },
      }, ...(kind % 2 === 0 ? [] : [donchian])],
      risk_grid: {
        sl_enabled: true,
        tp_enabled: true,
        sl: { mode: "range", start: 1, stop_incl: 5, step: 1 },
        tp: { mode: "range", start: 1, stop_incl: 5, step: 1 },
      },
    },
    warmup_bars: 20,
    top_k: 5,
    top_trades_n: 1,
  };
}

const donchian = {
  indicator_id: "trend.donchian",
  params: { window: { mode: "explicit", values: [5, 9] } },
};

function walkCsv(): string {
  const { open, high, low, close } = randomWalk(bars, 20_250_101);
  const lines = ["ts_open,open,high,low,close,volume"];
  for (let i = 0; i < bars; i++) {
    const prices = [open[i], high[i], low[i], close[i]].map((price) => price!.toFixed(4));
    lines.push(`${firstMs + i * hourMs},${prices.join(",")},1`);
  }
  return `${lines.join("\n")}\n`;
}

function refuse(line: string): never {
  throw new Error(line);
}
