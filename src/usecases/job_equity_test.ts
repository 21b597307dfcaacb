import assert from "node:assert/strict";
import { continuousMarket } from "../../tests/helpers/markets.ts";
import { candleSource, harness } from "../../tests/helpers/worker_harness.ts";
import { createInProcessCompute } from "../adapters/wasm/in_process_compute.ts";
import { runJob } from "../worker/run_job.ts";
import { jobEquity } from "./job_equity.ts";

Deno.test("jobEquity() finds the bars of a job's trades, also of one whose release stored nothing of its candles", async () => {
  await using compute = createInProcessCompute();
  const worker = harness();
  const { jobId } = await worker.submit({ warmup_bars: 2, top_k: 1, top_trades_n: 1 });
  const job = (await worker.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
  const claim = { job, lockedBy: "worker-1", sentMs: worker.clock.monotonicMs() };
  const deps = { ...worker.deps, compute };
  assert.equal((await runJob(claim, { deps, stop: new AbortController().signal })).outcome, "succeeded");
  const ended = (await worker.jobs.get(jobId))!;
  const trades = (await worker.results.listTopVariants(jobId, 1))[0]!.trades;
  assert.ok(trades!.length > 0);
  const source = { candles: candleSource, marketOf: () => continuousMarket, defaults: {} };
  const curve = await jobEquity({ job: ended, trades: trades! }, source);
  assert.equal(curve.havePosition.indexOf(1), trades![0]!.entry_bar_index - ended.runData!.barsBefore);

  // it loaded two days before the range, of which the second closes with its start
  const moved = ended.runData!.barsBefore - 1;
  assert.ok(moved > 0);
  const before = trades!.map((trade) => ({
    ...trade,
    entry_bar_index: trade.entry_bar_index - moved,
    exit_bar_index: trade.exit_bar_index - moved,
  }));
  assert.deepEqual(await jobEquity({ job: { ...ended, runData: null }, trades: before }, source), curve);
  const more = { ...ended, runData: { ...ended.runData!, barsBefore: 1 } };
  assert.deepEqual(await jobEquity({ job: more, trades: before }, source), curve);
});
