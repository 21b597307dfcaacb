import assert from "node:assert/strict";
import { continuousMarket } from "../../tests/helpers/markets.ts";
import { candleSource, harness } from "../../tests/helpers/worker_harness.ts";
import { createInProcessCompute } from "../adapters/wasm/in_process_compute.ts";
import type { Job } from "../core/job/mod.ts";
import {
  measuresOf,
  metricValue,
  type RankingMetric,
  rankingMetrics,
  type VariantMeasures,
} from "../core/ranking/mod.ts";
import { goodness } from "../core/ranking/ranking_metric.ts";
import { drawdown } from "../core/report/mod.ts";
import type { Compute } from "../ports/compute.ts";
import { jobEquity } from "../usecases/job_equity.ts";
import { runJob } from "./run_job.ts";
import { mapped } from "../../tests/helpers/mapped.ts";

interface RankedRow {
  readonly key: string;
  readonly measures: VariantMeasures;
}

/** Runs a job with the real compute and measures its rows from their stored trades. */
async function rankedRows(ranking: Record<string, unknown> | null): Promise<RankedRow[]> {
  await using compute = createInProcessCompute();
  const worker = harness();
  await worker.submit({ top_k: 24, top_trades_n: 24, preselect: 6, ranking });
  const job = (await worker.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
  const claim = { job, lockedBy: "worker-1", sentMs: worker.clock.monotonicMs() };
  const deps = { ...worker.deps, compute };
  const { outcome } = await runJob(claim, { deps, stop: new AbortController().signal });
  assert.equal(outcome, "succeeded");
  const ended = (await worker.jobs.get(job.jobId))!;
  const rows = await worker.results.listTopVariants(job.jobId, 300);
  assert.equal(rows.length, 24);
  return await Promise.all(rows.map(async ({ variantKey, trades, totalReturnPct }) => ({
    key: variantKey,
    measures: await storedMeasures(ended, { trades: trades!, total_return_pct: totalReturnPct }),
  })));
}

async function storedMeasures(
  job: Job,
  row: Parameters<typeof measuresOf>[0],
): Promise<VariantMeasures> {
  const source = { candles: candleSource, marketOf: () => continuousMarket, defaults: {} };
  const fall = drawdown(await jobEquity({ job, trades: row.trades }, source));
  return measuresOf(row, fall && fall.max * 100);
}

function sorted(rows: readonly RankedRow[], metrics: readonly RankingMetric[]): RankedRow[] {
  return rows.toSorted((a, b) => {
    for (const metric of metrics) {
      const [left, right] = mapped([a, b], ({ measures }) => goodness(metric, metricValue(metric, measures)));
      if (left !== right) return right > left ? 1 : -1;
    }
    return a.key < b.key ? -1 : 1;
  });
}

for (const primary of rankingMetrics) {
  Deno.test(`runJob() ranks by ${primary}, then by another metric, then by key`, async () => {
    const secondary = primary === "profit_factor" ? "max_drawdown_pct" : "profit_factor";
    const alone = await rankedRows({ primary_metric: primary });
    assert.deepEqual(alone, sorted(alone, [primary]));
    const both = await rankedRows({ primary_metric: primary, secondary_metric: secondary });
    assert.deepEqual(both, sorted(alone, [primary, secondary]));
  });
}

Deno.test("runJob() ranks by total return where nothing is sent", async () => {
  const rows = await rankedRows(null);
  assert.deepEqual(rows, sorted(rows, ["total_return_pct"]));
  assert.notDeepEqual(rows, sorted(rows, ["max_drawdown_pct"]));
});

Deno.test("runJob() fails a job whose replay does not confirm its ranking metrics", async () => {
  const worker = harness({ score: () => -5 });
  const compute: Compute = {
    ...worker.compute,
    async open(input) {
      const session = await worker.compute.open(input);
      return {
        ...session,
        report: async (variant, wish) => ({ ...await session.report(variant, wish), score: 7 }),
      };
    },
  };
  const submitted = await worker.submit({ ranking: { primary_metric: "max_drawdown_pct" } });
  const job = (await worker.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
  const claim = { job, lockedBy: "worker-1", sentMs: worker.clock.monotonicMs() };
  const { outcome } = await runJob(claim, {
    deps: { ...worker.deps, compute },
    stop: new AbortController().signal,
  });
  assert.equal(outcome, "failed");
  const { lastError } = (await worker.jobs.get(submitted.jobId))!;
  assert.match(lastError!, /Cannot finalise variant [0-9a-f]{64}: ranked with score \S+, replayed with 7/);
});
