import { readStored } from "../request/stored.ts";
import assert from "node:assert/strict";
import { continuousMarket } from "../../tests/helpers/markets.ts";
import { candleSource, harness, requestBody, userId } from "../../tests/helpers/worker_harness.ts";
import { createInProcessCompute } from "../adapters/wasm/in_process_compute.ts";
import { variantKey } from "../core/grid/mod.ts";
import { prepareSweep } from "../sweep/prepare.ts";
import { jobHeatmap } from "../usecases/job_heatmap.ts";
import { topRows } from "../usecases/top_rows.ts";
import { runJob } from "./run_job.ts";

const template = requestBody().template as Record<string, unknown>;

/** Two indicators with signal axes: 24 base variants, 96 in all. */
const wide = {
  ...template,
  indicator_grids: [
    {
      indicator_id: "ma.sma",
      params: { window: { mode: "explicit", values: [2, 3, 4, 5] } },
      source: { mode: "explicit", values: ["close", "hlc3"] },
    },
    {
      indicator_id: "momentum.rsi",
      params: { window: { mode: "explicit", values: [3] } },
      source: { mode: "explicit", values: ["close"] },
    },
  ],
  signal_grids: {
    "momentum.rsi": {
      long_threshold: { mode: "explicit", values: [45, 55, 65] },
      short_threshold: { mode: "explicit", values: [70] },
    },
  },
};

/** Runs a job with the real compute, replays every variant of its product, and answers both. */
async function runExhaustively(preselectDefault: number, batchUnits: number) {
  await using compute = createInProcessCompute();
  const worker = harness({ settings: { preselectDefault }, batchUnits });
  await worker.submit({ template: wide, preselect: "all", top_k: 10, top_trades_n: 1 });
  const job = (await worker.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
  const deps = { ...worker.deps, compute };
  const claim = { job, lockedBy: "worker-1", sentMs: worker.clock.monotonicMs() };
  const { outcome } = await runJob(claim, { deps, stop: new AbortController().signal });
  assert.equal(outcome, "succeeded", (await worker.jobs.get(job.jobId))?.lastError ?? "");
  const request = readStored(job);
  const sweep = await prepareSweep(request, {
    candles: candleSource,
    marketOf: () => continuousMarket,
    defaults: {},
    ...worker.deps.settings,
  });
  await using session = await compute.open(sweep);
  const { plan } = sweep;
  const variants: { key: string; base: number; risk: number; total: number }[] = [];
  for (let base = 0; base < plan.stageATotal; base++) {
    for (let risk = 0; risk < plan.riskTotal; risk++) {
      const variant = { stageAIndex: base, riskIndex: risk };
      const { total_return_pct: total } = await session.replay(variant);
      variants.push({ key: variantKey(plan, variant), base, risk, total });
    }
  }
  const bases: { key: string; base: number; total: number }[] = [];
  for (let base = 0; base < plan.stageATotal; base++) {
    const variant = { stageAIndex: base, riskIndex: null };
    bases.push({
      key: variantKey(plan, variant),
      base,
      total: (await session.replay(variant)).total_return_pct,
    });
  }
  const best = <T extends { key: string; total: number }>(list: readonly T[]) =>
    list.toSorted((a, b) => b.total - a.total || (a.key < b.key ? -1 : 1));
  return { worker, job, plan, variants, ranked: best(variants), bases: best(bases) };
}

Deno.test('runJob() with preselect "all" finds what the replay of every variant finds, whatever the batches', async () => {
  for (const units of [1, 5, 100]) {
    const { worker, job, ranked, plan } = await runExhaustively(3, units);
    const rows = await worker.results.listTopVariants(job.jobId, 100);
    assert.deepEqual(
      rows.map((row) => [row.variantKey, row.totalReturnPct, row.variantIndex]),
      ranked.slice(0, 10).map(({ key, total, base, risk }) => [key, total, base * plan.riskTotal + risk]),
    );
    const stored = (await worker.jobs.get(job.jobId))!;
    assert.equal(stored.requestJson.preselect, "all");
  }
});

Deno.test('topRows() of preselect "all" says how many rows the default preselect would have missed', async () => {
  const counts: number[] = [];
  for (const preselectDefault of [1, 3, 24]) {
    const { worker, job, ranked, bases } = await runExhaustively(preselectDefault, 7);
    const kept = bases.slice(0, preselectDefault).map(({ base }) => base);
    const missed = ranked.slice(0, 10).filter(({ base }) => !kept.includes(base)).length;
    const top = await topRows({ jobId: job.jobId, userId, limit: 2 }, {
      ...worker,
      topKPersisted: 300,
      markets: {},
    });
    assert.equal(top.missed_by_default_preselect, missed);
    assert.deepEqual((await worker.results.getShortlist(job.jobId))!.stageAIndexes, kept);
    counts.push(missed);
  }
  assert.ok(counts[0]! > 0, "a case in which a winner is missed");
  assert.equal(counts[2], 0, "a shortlist of all misses none");
});

Deno.test("topRows() says nothing about missed rows where a shortlist was used", async () => {
  const worker = harness();
  const job = await worker.submit();
  assert.equal(await worker.runNext(), "succeeded");
  const top = await topRows({ jobId: job.jobId, userId }, { ...worker, topKPersisted: 300, markets: {} });
  assert.equal("missed_by_default_preselect" in top, false);
});

Deno.test("jobHeatmap() gives the replay's return in every cell around the winner, either way round", async () => {
  const { worker, job, ranked, variants, plan } = await runExhaustively(3, 7);
  const winner = ranked[0]!;
  const { axes, variant_key, x: first, y: second } = await jobHeatmap({ jobId: job.jobId, userId }, worker);
  assert.equal(variant_key, winner.key);
  assert.deepEqual([first.name, second.name], ["sl_pct", "tp_pct"], "stop and target unless told");
  assert.deepEqual(axes, [
    "ma.sma.source",
    "ma.sma.window",
    "momentum.rsi.signal.long_threshold",
    "sl_pct",
    "tp_pct",
  ]);
  // base index = ((source * 4 + window) * 3 + threshold), all windows hold whole axes
  const lengths = [2, 4, 3, 2, 2];
  const digits = (index: number) =>
    lengths.toReversed().reduce<{ rest: number; out: number[] }>(({ rest, out }, length) => ({
      rest: Math.floor(rest / length),
      out: [rest % length, ...out],
    }), { rest: index, out: [] }).out;
  const at = (position: readonly number[]) =>
    variants[position.reduce((index, digit, i) => index * lengths[i]! + digit, 0)]!.total;
  const centre = digits(winner.base * plan.riskTotal + winner.risk);
  for (const [x, nameX] of axes.entries()) {
    for (const [y, nameY] of axes.entries()) {
      if (x === y) continue;
      const map = await jobHeatmap({ jobId: job.jobId, userId, x: nameX, y: nameY }, worker);
      assert.deepEqual([map.x.winner, map.y.winner], [centre[x], centre[y]]);
      const expected = map.y.values.map((_, j) =>
        map.x.values.map((_, i) => at(centre.with(x, i).with(y, j)))
      );
      assert.deepEqual(map.total_return_pct, expected, `${nameX}, ${nameY}`);
      assert.equal(map.total_return_pct[map.y.winner]![map.x.winner], winner.total);
    }
  }
});

Deno.test("jobHeatmap() says why there is none", async () => {
  const worker = harness();
  const { jobId } = await worker.submit();
  const query = { jobId, userId };
  await assert.rejects(jobHeatmap(query, worker), { code: "conflict", message: /it is queued/ });
  assert.equal(await worker.runNext(), "succeeded");
  const other = { jobId, userId: "22222222-2222-4222-8222-222222222222" };
  await assert.rejects(jobHeatmap(other, worker), { code: "forbidden" });
  await assert.rejects(jobHeatmap({ ...query, x: "sl" }, worker), {
    code: "validation_error",
    message: 'The heatmap has no axis "sl"; its axes are ma.sma.window, sl_pct, tp_pct',
  });
  await assert.rejects(jobHeatmap({ ...query, x: "sl_pct" }, worker), { message: /needs y too/ });
  await assert.rejects(jobHeatmap({ ...query, x: "sl_pct", y: "sl_pct" }, worker), { message: /twice/ });
  const older = { ...worker.results, getPlanes: () => Promise.resolve(null) };
  await assert.rejects(jobHeatmap(query, { jobs: worker.jobs, results: older }), {
    code: "not_found",
    message: /a version that stored none/,
  });
});

Deno.test("13 jobHeatmap() shows the first two axes where stop and target do not both vary", async () => {
  const worker = harness();
  const { sl: _, ...riskGrid } = template.risk_grid as Record<string, unknown>;
  const { jobId } = await worker.submit({
    template: { ...template, risk_grid: { ...riskGrid, sl_enabled: false } },
  });
  assert.equal(await worker.runNext(), "succeeded");
  const { axes, x, y } = await jobHeatmap({ jobId, userId }, worker);
  assert.deepEqual([x.name, y.name], axes.slice(0, 2));
});

Deno.test("jobHeatmap() of a job with one axis says that there is nothing to show", async () => {
  const worker = harness();
  const { jobId } = await worker.submit({ template: { ...template, risk_grid: null } });
  assert.equal(await worker.runNext(), "succeeded");
  await assert.rejects(jobHeatmap({ jobId, userId }, worker), { message: /fewer than two of its axes vary/ });
});
