import assert from "node:assert/strict";
import { encodeTaskResult } from "../../src/core/optimization/mod.ts";
import { requestOver, walkSource } from "../pool/pool_job.ts";
import { sharedWorld } from "./shared_world.ts";

const bars = 120;
const doc = await Deno.readTextFile(new URL("../../docs/scale.md", import.meta.url));

/** A figure that docs/scale.md states, by the text before it. */
function stated(before: string): number {
  const [, figure] = new RegExp(`${before}[^0-9]*([0-9,.]+)`).exec(doc) ?? [];
  assert.ok(figure, `docs/scale.md does not state ${before}`);
  return Number(figure.replaceAll(",", ""));
}

/** Calls of the ports a task, of a sweep of many small ones. */
async function callsPerTask(workers: number): Promise<number> {
  await using shared = sharedWorld({ candles: walkSource(50 + bars), taskVariants: 12, batchUnits: 5 });
  const { jobId } = await shared.share({ ...requestOver(bars), top_k: 20, concurrency_limit: workers });
  for (let i = 0; i < workers; i++) shared.startWorker(`worker-${i}`);
  assert.equal((await shared.ended(jobId)).state, "succeeded");
  const { optimization } = (await shared.optimizations.get(jobId))!;
  const of = shared.writes.filter(({ method }) => method !== "subscribe").length;
  assert.ok(optimization.tasksTotal > 40);
  return of / optimization.tasksTotal;
}

Deno.test("a task takes no more calls of the database than docs/scale.md says, for one worker and for four", async () => {
  for (const workers of [1, 4]) {
    const calls = await callsPerTask(workers);
    assert.ok(calls <= stated("calls a task at most:"), `${calls} calls a task with ${workers} workers`);
  }
});

Deno.test("a task's result takes the bytes that docs/scale.md says", () => {
  const rows = (count: number) => {
    const scores = new Float64Array(count);
    return encodeTaskResult({ indexes: new Float64Array(count), scores, secondary: null, returns: scores })
      .length;
  };
  assert.equal(rows(300), stated("300 rows are"));
  assert.equal(rows(20_000), stated("20,000 base variants are"));
});
