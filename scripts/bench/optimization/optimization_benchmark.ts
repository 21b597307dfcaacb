import { createHash } from "node:crypto";
import { createInProcessCompute } from "../../../src/adapters/wasm/in_process_compute.ts";
import type { Benchmark } from "../benchmark.ts";
import { checkAgainstReplay, spread } from "../check.ts";
import { summary } from "../measure.ts";
import { candleFolder } from "../whole_job/candle_folder.ts";
import { requestBody } from "../whole_job/whole_job_benchmark.ts";
import { type SharedResult, type SharedWorld, sharedWorld } from "./shared_world.ts";

const warmupBars = 2000;
const minuteMs = 60_000;
const sizes = {
  full: { bars: 525_600, sma: 50, ema: 30, levels: 20, taskVariants: 20_000, rounds: 3, sample: 6 },
  smoke: { bars: 4_000, sma: 4, ema: 3, levels: 3, taskVariants: 20, rounds: 1, sample: 2 },
} as const;

/** One sweep by one worker whole, by one worker in tasks, and by two: workers of one thread each on one database. */
export const optimization: Benchmark = {
  usesPeers: false,
  async run(size) {
    const { bars, taskVariants, rounds, sample, ...grid } = sizes[size];
    await using folder = await candleFolder(warmupBars + bars);
    const world = await sharedWorld({ directory: folder.directory, workersMax: 2, taskVariants });
    await using _world = world;
    const body = requestBody({ ...grid, bars, startMs: folder.firstMs + warmupBars * minuteMs });
    const runs = { whole: [] as SharedResult[], one: [] as SharedResult[], two: [] as SharedResult[] };
    for (let round = 0; round < rounds; round++) {
      // in turn, so that what else the machine does hits all of them
      runs.whole.push(await world.run(body, { workers: 1, split: false }));
      runs.one.push(await world.run(body, { workers: 1, split: true }));
      runs.two.push(await world.run(body, { workers: 2, split: true }));
    }
    const all = Object.values(runs).flat();
    const hash = rowsHash(all[0]!);
    if (all.some((each) => rowsHash(each) !== hash)) {
      throw new Error("Cannot trust the rows: they differ by run");
    }
    await check(all[0]!, { world, sample });
    const medianOf = (of: readonly SharedResult[]) => summary(of.map(({ elapsedMs }) => elapsedMs)).median_ms;
    const [whole, one, two] = [medianOf(runs.whole), medianOf(runs.one), medianOf(runs.two)];
    const shared = runs.two.at(-1)!;
    const busy = shared.busyMs.reduce((sum, ms) => sum + ms, 0);
    return {
      ...summary(runs.two.map(({ elapsedMs }) => elapsedMs)),
      ratios: { one_worker: one / two, whole_sweep: whole / two },
      hash,
      figures: {
        whole_ms: whole,
        one_worker_ms: one,
        two_workers_ms: two,
        split_over_whole: one / whole,
        // what two free cores would make of it: the work, over the larger share of it
        balance: busy / Math.max(...shared.busyMs),
        one_worker_compute_ms: runs.one.at(-1)!.busyMs[0]!,
        two_workers_compute_ms: busy,
        tasks: shared.tasks.length,
      },
      conditions: {
        bars,
        variants: grid.sma * grid.ema * grid.levels ** 2,
        task_variants: taskVariants,
        rounds,
        threads: "one a worker, all in one process",
        database: "embedded Postgres",
        processors: navigator.hardwareConcurrency,
        load_average: Deno.loadavg()[0]!,
        ratios:
          "needs two cores that do nothing else; where they are busy look at balance and at the compute times",
      },
    };
  },
};

function rowsHash({ rows }: Pick<SharedResult, "rows">): string {
  const hash = createHash("sha256");
  for (const { jobId: _id, updatedAtMs: _at, ...row } of rows) hash.update(JSON.stringify(row));
  return hash.digest("hex");
}

async function check(
  { job, rows, shortlist }: SharedResult,
  { world, sample }: { readonly world: SharedWorld; readonly sample: number },
): Promise<void> {
  const sweep = await world.sweepOf(job);
  const { riskTotal } = sweep.plan;
  await using compute = createInProcessCompute();
  await using session = await compute.open(sweep);
  await checkAgainstReplay(
    session,
    spread(rows.length, sample).map((at) => {
      const { variantIndex, totalReturnPct: score } = rows[at]!;
      const stageAIndex = shortlist[Math.floor(variantIndex / riskTotal)]!;
      return { stageAIndex, riskIndex: variantIndex % riskTotal, score };
    }),
  );
}
