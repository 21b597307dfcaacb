import assert from "node:assert/strict";
import { type RankingMetric, rankingMetrics } from "../../src/core/ranking/mod.ts";
import { requestOver, rowsHash, walkSource } from "../pool/pool_job.ts";
import { type SharedWorld, sharedWorld } from "./shared_world.ts";

const bars = 300;

function world(): SharedWorld {
  return sharedWorld({ candles: walkSource(50 + bars) });
}

async function unsplit(request: Record<string, unknown>): Promise<string> {
  await using one = world();
  const { jobId } = await one.submitPlain(request);
  one.startWorker("alone");
  assert.equal((await one.ended(jobId)).state, "succeeded");
  return rowsHash(await one.rows(jobId));
}

interface Split {
  readonly workers: number;
  readonly limit: number;
}

async function split(request: Record<string, unknown>, { workers, limit }: Split): Promise<string> {
  await using many = world();
  const { jobId } = await many.share({ ...request, concurrency_limit: limit });
  for (let i = 0; i < workers; i++) many.startWorker(`worker-${i}`);
  const job = await many.ended(jobId);
  assert.equal(job.state, "succeeded", job.lastError ?? "");
  const { optimization } = (await many.optimizations.get(jobId))!;
  assert.equal(optimization.tasksFinished, optimization.tasksTotal);
  const tasks = (await many.optimizations.listTasks({ jobId, limit: 1000 })).items;
  assert.equal(tasks.length, optimization.tasksTotal);
  assert.ok(tasks.length > 10, `${tasks.length} tasks`);
  assert.deepEqual(tasks.map(({ status }) => status), tasks.map(() => "succeeded"));
  const busy = new Set(tasks.map(({ worker }) => worker)).size;
  assert.ok(busy >= Math.min(workers, limit, 2), `${busy} of ${workers} workers had a task`);
  return rowsHash(await many.rows(jobId));
}

const splits: readonly Split[] = [1, 2, 4].flatMap((workers) =>
  [1, 2, 5].map((limit) => ({ workers, limit }))
);

const requestBy = (primary_metric: RankingMetric, preselect: number | "all") => ({
  ...requestOver(bars),
  ranking: {
    primary_metric,
    secondary_metric: primary_metric === "profit_factor" ? "total_return_pct" : null,
  },
  preselect,
});

for (const metric of rankingMetrics) {
  for (const preselect of [40, "all"] as const) {
    Deno.test(`split by ${metric}, preselect ${preselect}, the rows are those of the whole sweep for any workers and limits`, async () => {
      const request = requestBy(metric, preselect);
      const expected = await unsplit(request);
      for (const one of splits) {
        assert.equal(await split(request, one), expected, `${one.workers} workers, limit ${one.limit}`);
      }
    });
  }
}

Deno.test("split, a sweep of rules has the rows of the whole one", async () => {
  const explicit = (...values: readonly number[]) => ({ mode: "explicit", values });
  const request = requestOver(bars);
  const { indicator_grids: _, ...template } = request.template as Record<string, unknown>;
  const rules = {
    params: { fast: explicit(3, 5, 8, 10), level: explicit(45, 50, 55), slow: explicit(13, 21, 34, 4) },
    where: ["fast < slow"],
    long: { enter: "crosses_above(ema(close, fast), ema(close, slow)) and rsi(close, 14) > level" },
    short: { enter: "crosses_below(ema(close, fast), ema(close, slow))" },
  };
  const ruled = { ...request, template: { ...template, rules } };
  const expected = await unsplit(ruled);
  for (const one of [{ workers: 1, limit: 1 }, { workers: 3, limit: 4 }]) {
    assert.equal(await split(ruled, one), expected);
  }
});
