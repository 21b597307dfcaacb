import assert from "node:assert/strict";
import { jobIdOf, leaseOf, newJob, topVariant, userId } from "../../tests/contract/job_stores.ts";
import { until } from "../../tests/helpers/until.ts";
import { manualClock } from "../../tests/memory/clock.ts";
import { noWakeups } from "../ports/no_wakeups.ts";
import { memoryJobs } from "../../tests/memory/jobs.ts";
import { memoryLog } from "../../tests/memory/log.ts";
import { BacktestError } from "../core/errors/mod.ts";
import type { JobChanges } from "../ports/job_changes.ts";
import { JobEvents, type VersionedEvent } from "./job_events.ts";

const pollMs = 250;
const patience = { silentMs: 1_000_000 };

function world(changes?: (real: JobChanges) => JobChanges) {
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const stores = memoryJobs(clock);
  const log = memoryLog();
  const looked: (readonly string[])[] = [];
  const real = changes?.(stores.changes) ?? stores.changes;
  const counted: JobChanges = {
    look(jobIds) {
      looked.push(jobIds);
      return real.look(jobIds);
    },
  };
  const hub = new JobEvents({ changes: counted, wakeups: noWakeups, clock, log, pollMs });
  return { clock, ...stores, log, hub, looks: () => looked.length, looked };
}

type World = ReturnType<typeof world>;

async function running({ jobs, queue }: World, n = 1) {
  await jobs.create(newJob(n), { maxActive: 99 });
  return leaseOf((await queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 600 }))!);
}

const stateOf = (told: VersionedEvent | string) => typeof told === "string" ? told : told.event.state;

Deno.test("follow() tells the present state, every change with pace and best row, the end, and then ends", async () => {
  const w = world();
  const lease = await running(w);
  using follower = w.hub.follow({ jobIds: [jobIdOf(1)], signal: new AbortController().signal });
  assert.equal(stateOf(await follower.next(patience)), "running");
  const progress = async (processedUnits: number) => {
    await w.queue.updateProgress(lease, { stage: "stage_a", processedUnits, totalUnits: 400 });
    await w.clock.advance(1000);
    const told = await follower.next(patience);
    assert.ok(typeof told !== "string");
    return told.event;
  };
  assert.equal((await progress(100)).percent, 25);
  await w.results.replaceTopVariants(lease, [topVariant(1)]);
  const second = await progress(200);
  assert.deepEqual([second.rate_per_second, second.eta_seconds, second.percent], [100, 2, 50]);
  assert.equal(second.best?.variant_key, topVariant(1).variantKey);
  await w.queue.succeed(lease, []);
  await w.clock.advance(pollMs);
  const last = await follower.next(patience);
  assert.ok(typeof last !== "string" && last.event.terminal);
  assert.equal(await follower.next(patience), "ended");
});

Deno.test("next() gives a slow listener the newest state only, and never misses the end", async () => {
  const w = world();
  const lease = await running(w);
  using follower = w.hub.follow({ jobIds: [jobIdOf(1)], signal: new AbortController().signal });
  for (let units = 1; units <= 50; units++) {
    await w.queue.updateProgress(lease, { stage: "stage_a", processedUnits: units, totalUnits: 100 });
    await w.clock.advance(pollMs);
  }
  const told = await follower.next(patience);
  assert.ok(typeof told !== "string");
  assert.equal(told.event.processed_units, 50);
  await w.queue.updateProgress(lease, { stage: "stage_a", processedUnits: 60, totalUnits: 100 });
  await w.clock.advance(pollMs);
  await w.queue.finish(lease, { state: "cancelled" });
  await w.clock.advance(pollMs);
  assert.equal(stateOf(await follower.next(patience)), "cancelled");
  assert.equal(await follower.next(patience), "ended");
});

Deno.test("follow() passes over versions that were seen, and a heartbeat makes no new one", async () => {
  const w = world();
  const lease = await running(w);
  const signal = new AbortController().signal;
  const jobIds = [jobIdOf(1)];
  using first = w.hub.follow({ jobIds, signal });
  const told = await first.next(patience);
  assert.ok(typeof told !== "string");
  await w.clock.advance(5);
  await w.queue.heartbeat(lease, { leaseSeconds: 600 });
  using resumed = w.hub.follow({ jobIds, signal, seen: new Map([[jobIdOf(1), told.version]]) });
  const next = resumed.next({ silentMs: 2000 });
  await w.clock.advance(2000);
  assert.equal(await next, "silent");
});

Deno.test("the hub looks once for all listeners, not at all without any, and holds no job nobody watches", async () => {
  const w = world();
  await running(w);
  const gone = new AbortController();
  const followers = Array.from(
    { length: 1000 },
    () => w.hub.follow({ jobIds: [jobIdOf(1)], signal: gone.signal }),
  );
  for (const follower of followers) assert.equal(stateOf(await follower.next(patience)), "running");
  const before = w.looks();
  await w.clock.advance(10 * pollMs);
  assert.equal(w.looks() - before, 10);
  assert.equal(w.hub.watchedJobs, 1);
  gone.abort();
  for (const follower of followers) {
    assert.equal(await follower.next(patience), "ended");
    follower[Symbol.dispose]();
  }
  assert.equal(w.hub.watchedJobs, 0);
  const after = w.looks();
  await w.clock.advance(10 * pollMs);
  assert.equal(w.looks(), after);
  assert.equal(w.clock.sleepers, 0);
});

Deno.test("the hub goes on after a database that did not answer, and logs it once", async () => {
  let down = 3;
  const w = world((real) => ({
    look: (ids) =>
      down-- > 0 ? Promise.reject(new BacktestError("storage_unavailable", "down")) : real.look(ids),
  }));
  await running(w);
  using follower = w.hub.follow({ jobIds: [jobIdOf(1)], signal: new AbortController().signal });
  const told = follower.next(patience);
  await until(() => w.clock.sleepers > 1);
  await w.clock.advance(3 * pollMs);
  assert.equal(stateOf(await told), "running");
  assert.deepEqual(w.log.lines.map(({ event }) => event), ["job_events_failed"]);
});

Deno.test("follow() of a job that was deleted ends", async () => {
  const w = world();
  using follower = w.hub.follow({ jobIds: [jobIdOf(9)], signal: new AbortController().signal });
  assert.equal(await follower.next(patience), "ended");
});

Deno.test("a hint makes the hub look before its time", async () => {
  const w = world();
  await running(w);
  const hub = new JobEvents({ ...w, pollMs: 1_000_000 });
  using follower = hub.follow({ jobIds: [jobIdOf(1)], signal: new AbortController().signal });
  await follower.next(patience);
  await w.jobs.cancel({ jobId: jobIdOf(1), userId });
  const told = await follower.next(patience);
  assert.ok(typeof told !== "string" && told.event.cancel_requested_at !== null);
});

Deno.test("follow() of a job whose end was seen ends without telling it again; beside another it waits for that one", async () => {
  const w = world();
  const first = await running(w, 1);
  await w.queue.finish(first, { state: "cancelled" });
  const second = await running(w, 2);
  const [ended] = await w.hub.present([jobIdOf(1)]);
  const seen = new Map([[jobIdOf(1), ended!.version]]);
  const { signal } = new AbortController();
  using alone = w.hub.follow({ jobIds: [jobIdOf(1)], seen, signal });
  assert.equal(await alone.next(patience), "ended");
  using both = w.hub.follow({ jobIds: [jobIdOf(1), jobIdOf(2)], seen, signal });
  assert.equal(stateOf(await both.next(patience)), "running");
  await w.queue.finish(second, { state: "cancelled" });
  const [told] = await Promise.all([both.next(patience), w.clock.advance(pollMs)]);
  assert.equal(stateOf(told), "cancelled");
  assert.equal(await both.next(patience), "ended");
});

Deno.test("13 a job that has ended is looked at no more, however long another is listened to", async () => {
  const w = world();
  const first = await running(w, 1);
  await running(w, 2);
  using follower = w.hub.follow({ jobIds: [jobIdOf(1), jobIdOf(2)], signal: new AbortController().signal });
  await follower.next(patience);
  await w.queue.finish(first, { state: "cancelled" });
  await w.clock.advance(2 * pollMs);
  const seen = w.looked.length;
  await w.clock.advance(3 * pollMs);
  assert.deepEqual(w.looked.slice(seen), [[jobIdOf(2)], [jobIdOf(2)], [jobIdOf(2)]]);
});
