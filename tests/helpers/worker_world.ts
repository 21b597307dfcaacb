import type { Sql } from "../../src/adapters/postgres/connect.ts";
import { migrate, type MigrationOptions } from "../../src/adapters/postgres/migrate.ts";
import { freePort } from "./free_port.ts";
import { type ProgramOptions, type ProgramResult, runProgram, startProgram } from "./program.ts";
import { type TestServer, withPool } from "./postgres.ts";
import { type TemporaryFolder, temporaryFolder } from "./temporary_folder.ts";

/** A migrated database, candles and a config of their own, for programs started as processes. */
export interface WorkerWorld extends AsyncDisposable {
  readonly dsn: string;
  readonly configPath: string;
  readonly folder: TemporaryFolder;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a command of the program to its end. */
  run(args: readonly string[], options?: ProgramOptions): Promise<ProgramResult>;
  /** Starts a worker on a free metrics port, with further variables if given. */
  startWorker(
    more?: Readonly<Record<string, string>>,
  ): ReturnType<typeof startProgram> & { readonly metricsUrl: string };
  /** Queues a request for a user of its own and returns the job id. */
  submit(body: unknown, user?: string): Promise<string>;
  sql<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

const bars = 40_000;
const firstMs = Date.UTC(2025, 0, 1);
const minuteMs = 60_000;

/** What a world may be told to do differently. */
export interface WorkerWorldOptions extends MigrationOptions {
  /** 60 unless given. A busy machine keeps a worker from its heartbeat for seconds, and a lease of 2 is lost then. */
  readonly leaseSeconds?: number;
}

/** Makes a world on a fresh database of the server, with frequent heartbeats. */
export async function workerWorld(
  server: TestServer,
  options: WorkerWorldOptions = {},
): Promise<WorkerWorld> {
  const dsn = await server.createDatabase();
  await withPool(dsn, (sql) => migrate(sql, options));
  const folder = await temporaryFolder();
  await folder.write("candles/1/WALK.csv", walkCsv());
  const root = new URL("../../configs/", import.meta.url);
  const config = (await Deno.readTextFile(new URL("backtest.yaml", root)))
    .replace(/lease_seconds: \d+/, `lease_seconds: ${options.leaseSeconds ?? 60}`)
    .replace(/heartbeat_seconds: \d+/, "heartbeat_seconds: 1")
    .replace(/claim_poll_seconds: [\d.]+/, "claim_poll_seconds: 0.1")
    .replace(/directory: [^\s,}]+/, `directory: ${folder.path}/candles`);
  const configPath = await folder.write("backtest.yaml", config);
  await folder.write("indicators.yaml", await Deno.readTextFile(new URL("indicators.yaml", root)));
  const env = { STRATEGY_PG_DSN: dsn, ROEHUB_BACKTEST_CONFIG: configPath };
  return {
    dsn,
    configPath,
    folder,
    env,
    run: (args, options = {}) => runProgram(args, { ...options, env: { ...env, ...options.env } }),
    startWorker(more = {}) {
      const port = freePort();
      const program = startProgram(["worker", "--metrics-port", String(port)], { env: { ...env, ...more } });
      return { ...program, metricsUrl: `http://127.0.0.1:${port}/metrics` };
    },
    async submit(body, user = crypto.randomUUID()) {
      const args = ["jobs", "submit", "--request", "-", "--user", user];
      const { code, stdout, stderr } = await runProgram(args, { env, stdin: JSON.stringify(body) });
      if (code !== 0) throw new Error(stderr);
      return stdout.trim();
    },
    sql: (work) => withPool(dsn, work),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** A sweep over the world's minute candles; `windows` base variants, all of them expanded over 10 x 10 risk cells. */
export function walkRequest({ windows, topK = 20 }: { readonly windows: number; readonly topK?: number }) {
  return {
    time_range: { start: "2025-01-01T06:00:00Z", end: "2025-01-28T00:00:00Z" },
    template: {
      instrument_id: { market_id: 1, symbol: "WALK" },
      timeframe: "1m",
      indicator_grids: [{
        indicator_id: "ma.sma",
        params: { window: { mode: "range", start: 2, stop_incl: windows + 1, step: 1 } },
        source: { mode: "explicit", values: ["close"] },
      }],
      // the slowest sizing to score: tests want to meet a job while it runs
      sizing_mode: "strategy_compound_profit_lock",
      risk_grid: {
        sl_enabled: true,
        tp_enabled: true,
        sl: { mode: "range", start: 1, stop_incl: 10, step: 1 },
        tp: { mode: "range", start: 1, stop_incl: 10, step: 1 },
      },
    },
    top_k: topK,
    top_trades_n: 2,
  };
}

/** A sweep of five million variants, so long that it ends only when something ends it. */
export function endlessRequest() {
  const { template, ...rest } = walkRequest({ windows: 1999 });
  const percents = { mode: "range", start: 1, stop_incl: 50, step: 1 };
  const risk_grid = { sl_enabled: true, tp_enabled: true, sl: percents, tp: percents };
  return { ...rest, preselect: "all", template: { ...template, risk_grid } };
}

/** A sweep over the world's candles that is scored whole, for a minute or more. */
export function longRequest() {
  const { template, ...request } = walkRequest({ windows: 400 });
  const [average] = template.indicator_grids;
  const indicator_grids = [average, { ...average, indicator_id: "ma.ema" }];
  return { ...request, template: { ...template, indicator_grids }, preselect: "all" };
}

/** The world's candles as a file: a 32-bit linear congruential generator, the same walk every time. */
export function walkCsv(): string {
  let state = 20_250_101;
  let price = 100;
  const lines = ["ts_open,open,high,low,close,volume"];
  for (let i = 0; i < bars; i++) {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    const open = price;
    price *= 1 + (state / 2 ** 32 - 0.5) * 0.004;
    const [high, low] = [Math.max(open, price), Math.min(open, price)];
    const row = [open, high, low, price].map((value) => value.toFixed(4));
    lines.push(`${firstMs + i * minuteMs},${row.join()},1`);
  }
  return `${lines.join("\n")}\n`;
}
