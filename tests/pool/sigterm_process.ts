/**
 * Stops a worker process as its supervisor does, by SIGTERM, while it works on a job over very many bars: once while it
 * loads candles, once in each stage. Prints, as one JSON text, how long each took to end, and what became of the job.
 *
 * The worker is the one of `deno task worker` with its permissions, over a real Postgres and a candle file of the bars.
 *
 * Usage: `deno run --node-modules-dir=auto -A tests/pool/sigterm_process.ts BARS`
 */
import os from "node:os";
import process from "node:process";
import { openDatabase } from "../../src/adapters/postgres/open_database.ts";
import { withPool } from "../helpers/postgres.ts";
import { type WorkerWorld, workerWorld } from "../helpers/worker_world.ts";

/** How a worker ended that was stopped in the middle of a job. */
export interface SigtermRun {
  readonly bars: number;
  /** Load of the machine over the last minute. */
  readonly load: number;
  readonly ends: readonly {
    readonly during: Moment;
    /** From SIGTERM to the end of the process. */
    readonly ms: number;
    readonly code: number;
    /** Where the job stands then; an attempt that was given back is not counted as a retry. */
    readonly job: string;
    /** Most memory the process ever had. */
    readonly maxRssMb: number;
  }[];
}

type Moment = "loading" | "stage_a" | "stage_b" | "finalizing";

const minuteMs = 60_000;
const firstMs = Date.UTC(2000, 0, 1);
const explicit = (...values: readonly (number | string)[]) => ({ mode: "explicit", values });

/** What the log says when a moment has come, and how long to wait from there until it is well under way, in ms. */
const moments: Readonly<Record<Moment, { readonly said: string; readonly waitMs: number }>> = {
  loading: { said: "event=job_claimed", waitMs: 3000 },
  stage_a: { said: "event=stage_started job_id=* stage=stage_a", waitMs: 300 },
  stage_b: { said: "event=stage_started job_id=* stage=stage_b", waitMs: 1000 },
  finalizing: { said: "event=stage_started job_id=* stage=finalizing", waitMs: 300 },
};

/** A sweep that is long in the stage it is to be stopped in. */
function requestFor(moment: Moment, bars: number) {
  const isLongPlane = moment === "stage_b";
  const levels = explicit(...Array.from({ length: isLongPlane ? 20 : 1 }, (_, i) => 1 + i / 2));
  const windows = moment === "stage_a" ? 30 : isLongPlane ? 1 : 10;
  return {
    time_range: {
      start: new Date(firstMs).toISOString(),
      end: new Date(firstMs + bars * minuteMs).toISOString(),
    },
    template: {
      instrument_id: { market_id: 1, symbol: "LONG" },
      timeframe: "1m",
      indicator_grids: [{
        indicator_id: "ma.ema",
        params: { window: explicit(...Array.from({ length: windows }, (_, i) => 20 + i)) },
        source: explicit("close"),
      }],
      risk_grid: { sl_enabled: true, tp_enabled: true, sl: levels, tp: levels },
    },
    // planes measured cell by cell are the slowest there are
    ranking: { primary_metric: "max_drawdown_pct" },
    preselect: windows,
    top_k: 10,
  };
}

async function sigtermRun(bars: number): Promise<SigtermRun> {
  await using server = await temporaryServer();
  await using world = await workerWorld(server);
  const config = await Deno.readTextFile(world.configPath);
  await Deno.writeTextFile(
    world.configPath,
    config.replace(/candle_load_seconds: \d+/, "candle_load_seconds: 3600")
      .replace(/max_threads: \d+/, "max_threads: 2"),
  );
  await writeCandles(`${world.folder.path}/candles/1/LONG.csv`, bars);
  const ends: SigtermRun["ends"][number][] = [];
  for (const moment of Object.keys(moments) as Moment[]) ends.push(await stoppedIn(moment, { world, bars }));
  return { bars, load: os.loadavg()[0]!, ends };
}

async function stoppedIn(
  during: Moment,
  { world, bars }: { readonly world: WorkerWorld; readonly bars: number },
): Promise<SigtermRun["ends"][number]> {
  const user = crypto.randomUUID();
  const jobId = await world.submit(requestFor(during, bars), user);
  const worker = world.startWorker();
  const { said, waitMs } = moments[during];
  const seen = said.split("*").map((part) => part.trim());
  await until(() => {
    const lines = worker.stderr().split("\n");
    const end = lines.find((line) => line.includes("event=job_processed"));
    if (end !== undefined) throw new Error(`the job ended before ${during}: ${worker.stderr()}`);
    return lines.some((line) => seen.every((part) => line.includes(part)));
  });
  await pause(waitMs);
  const status = await Deno.readTextFile(`/proc/${worker.process.pid}/status`);
  const sentMs = performance.now();
  worker.process.kill("SIGTERM");
  const { code } = await worker.process.status;
  const ms = Math.round(performance.now() - sentMs);
  await worker.ended();
  const [row] = await world.sql((sql) =>
    sql<{ job: string }[]>`
      SELECT state || ', attempt ' || attempt || ', retries ' || retries AS job
      FROM backtest_jobs WHERE job_id = ${jobId}::uuid`
  );
  await world.run(["jobs", "cancel", jobId, "--user", user]);
  const maxRssMb = Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  return { during, ms, code, job: row?.job ?? "none", maxRssMb };
}

/** A walk in whole numbers, one line a minute; written in blocks, as the whole does not fit into a text. */
async function writeCandles(path: string, bars: number): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  let [state, close] = [20_250_101, 5000];
  for (let from = 0; from < bars; from += 65_536) {
    let block = from === 0 ? "ts_open,open,high,low,close,volume\n" : "";
    for (let i = from; i < Math.min(bars, from + 65_536); i++) {
      const open = close;
      state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
      close = Math.min(9000, Math.max(1000, open + (state >>> 28) - 7));
      block += `${firstMs + i * minuteMs},${open},${Math.max(open, close)},${
        Math.min(open, close)
      },${close},1\n`;
    }
    await writer.write(encoder.encode(block));
  }
  writer.releaseLock();
}

async function temporaryServer() {
  const server = await openDatabase("embedded:temporary", { onNotice: () => {} });
  return {
    async createDatabase() {
      await withPool(server.dsn, (sql) => sql`CREATE DATABASE sigterm`);
      return server.dsn.replace(/\/postgres$/, "/sigterm");
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function until(condition: () => boolean): Promise<void> {
  const startedMs = performance.now();
  while (!condition()) {
    if (performance.now() - startedMs > 1_800_000) throw new Error("it did not come within half an hour");
    await pause(20);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.main) console.log(JSON.stringify(await sigtermRun(Number(process.argv[2]))));
