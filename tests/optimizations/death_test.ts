import assert from "node:assert/strict";
import { requestOver, rowsHash, walkSource } from "../pool/pool_job.ts";
import { type Death, Mortal } from "./mortal.ts";
import { type SharedWorld, sharedWorld } from "./shared_world.ts";

const bars = 120;
// 96 base variants in 2 tasks, 40 expanded ones of 12 cells in 8
const request = { ...requestOver(bars), top_k: 20, concurrency_limit: 2 };

const world = (): SharedWorld =>
  sharedWorld({ candles: walkSource(50 + bars), taskVariants: 60, batchUnits: 5 });

function mortalDeps(shared: SharedWorld, mortal: Mortal) {
  const { queue, results } = shared.deps;
  const sharing = shared.deps.sharing!;
  return {
    queue: mortal.port(queue),
    results: mortal.port(results),
    sharing: { ...sharing, coordinator: mortal.port(sharing.coordinator), tasks: mortal.port(sharing.tasks) },
  };
}

/** Rows of a sweep in which one of two workers dies, and how many calls that one had made. */
async function withDeath(victim: "coordinator" | "helper", death: Death) {
  await using shared = world();
  const { jobId } = await shared.share(request);
  const mortal = new Mortal(death);
  // who starts first has the job
  const asVictim = () => shared.startWorker("victim", mortalDeps(shared, mortal), { mortal: true });
  if (victim === "coordinator") asVictim();
  shared.startWorker("survivor");
  if (victim === "helper") asVictim();
  const job = await shared.ended(jobId, { advanceMs: 4000 });
  assert.equal(job.state, "succeeded", job.lastError ?? "");
  const { optimization } = (await shared.optimizations.get(jobId))!;
  assert.equal(optimization.tasksFinished, optimization.tasksTotal);
  return { hash: rowsHash(await shared.rows(jobId)), mortal, job };
}

async function expectedHash(): Promise<string> {
  await using shared = world();
  const { concurrency_limit: _, ...plain } = request;
  const { jobId } = await shared.submitPlain(plain);
  shared.startWorker("alone");
  assert.equal((await shared.ended(jobId)).state, "succeeded");
  return rowsHash(await shared.rows(jobId));
}

for (const victim of ["coordinator", "helper"] as const) {
  Deno.test(`a ${victim} that is killed in any of its calls, before or after it counts, leaves the same rows`, async () => {
    const expected = await expectedHash();
    const whole = await withDeath(victim, { at: Infinity, when: "before" });
    assert.equal(whole.hash, expected);
    const diedIn = new Set<string>();
    // a call comes many times: every other time it dies before it counts
    for (let at = 1; at <= whole.mortal.calls; at++) {
      const when = at % 2 === 0 ? "before" : "after";
      const { hash, mortal } = await withDeath(victim, { at, when });
      assert.equal(hash, expected, `${when} call ${at}, ${mortal.diedIn}`);
      if (mortal.diedIn !== null) diedIn.add(mortal.diedIn);
    }
    const writes = victim === "coordinator"
      ? ["begin", "addTask", "claimTask", "complete", "confirmCandles", "saveShortlist", "succeed"]
      : ["claimTask", "readJob", "confirmCandles", "complete"];
    for (const write of writes) assert.ok(diedIn.has(write), `nobody died in ${write}: ${[...diedIn]}`);
  });
}
