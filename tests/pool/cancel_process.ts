/**
 * Runs a job over very many bars and ends it in the middle of a plane that takes long: cancelled, then given back as by
 * SIGTERM. Prints, as one JSON text, how long each took to be honoured.
 *
 * Usage: `deno run -A tests/pool/cancel_process.ts BARS THREADS`
 */
import os from "node:os";
import process from "node:process";
import { createPool } from "../../src/adapters/wasm/pool.ts";
import { userId } from "../helpers/worker_harness.ts";
import { runPoolJob } from "./pool_job.ts";

/** How the ends of a job in a long plane were honoured. */
export interface CancelRun {
  readonly bars: number;
  readonly threads: number;
  /** Load of the machine over the last minute. */
  readonly load: number;
  readonly ends: readonly {
    readonly end: "cancel" | "stop";
    readonly outcome: string;
    /** From the cancel or the stop to the end of the job. */
    readonly ms: number;
    /** Web Workers started so far. */
    readonly workers: number;
  }[];
  readonly maxRssBytes: number;
}

const explicit = (...values: readonly (number | string)[]) => ({ mode: "explicit", values });
const levels = explicit(...Array.from({ length: 20 }, (_, i) => 1 + i / 2));

/** One base variant, whose plane is measured cell by cell. */
const slow = {
  ranking: { primary_metric: "max_drawdown_pct" },
  preselect: 1,
};

async function cancelRun(bars: number, threads: number): Promise<CancelRun> {
  let workers = 0;
  const script = new URL("../../src/adapters/wasm/pool_worker.ts", import.meta.url);
  const posted = { planes: 0 };
  const spawn = () => {
    const worker = new Worker(script, { type: "module" });
    workers++;
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message) => {
      if (message.kind === "call" && message.request.kind === "score_risk") posted.planes++;
      post(message);
    };
    return worker;
  };
  await using compute = createPool({ threads, spawn });
  const ends: CancelRun["ends"][number][] = [];
  for (const end of ["cancel", "stop"] as const) {
    const stop = new AbortController();
    let endedMs = 0;
    posted.planes = 0;
    const { outcome, job } = await runPoolJob({
      compute,
      bars,
      changes: slow,
      template: {
        indicator_grids: [{
          indicator_id: "ma.ema",
          params: { window: explicit(20) },
          source: explicit("close"),
        }],
        risk_grid: { sl_enabled: true, tp_enabled: true, sl: levels, tp: levels },
      },
      stop: stop.signal,
      during: async ({ jobs, jobId, hasEnded }) => {
        while (posted.planes === 0 && !hasEnded()) await pause(10);
        // well into the plane
        await pause(500);
        endedMs = performance.now();
        if (end === "cancel") await jobs.cancel({ jobId, userId });
        else stop.abort();
      },
    });
    if (outcome === "failed") throw new Error(job.lastError ?? outcome);
    ends.push({ end, outcome, ms: Math.round(performance.now() - endedMs), workers });
  }
  const maxRssBytes = process.resourceUsage().maxRSS * 1024;
  return { bars, threads, load: os.loadavg()[0]!, ends, maxRssBytes };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.main) {
  const [bars, threads] = process.argv.slice(2);
  console.log(JSON.stringify(await cancelRun(Number(bars), Number(threads))));
}
