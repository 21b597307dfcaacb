import assert from "node:assert/strict";
import { jobIdOf, leaseOf, newJob, topVariant, userId } from "../../tests/contract/job_stores.ts";
import { until } from "../../tests/helpers/until.ts";
import { manualClock } from "../../tests/memory/clock.ts";
import { noWakeups } from "../ports/no_wakeups.ts";
import { memoryJobs } from "../../tests/memory/jobs.ts";
import { memoryLog } from "../../tests/memory/log.ts";
import { BacktestError } from "../core/errors/mod.ts";
import type { JobChanges } from "../ports/job_changes.ts";
import type { JobEvent } from "../answers/job.ts";
import type { VersionedEvent } from "./event_follower.ts";
import { EventHub, type EventKind } from "./event_hub.ts";
import { jobEventKind } from "./job_event.ts";

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
  const hub = new EventHub({ kinds: { job: jobEventKind(counted) }, wakeups: noWakeups, clock, log, pollMs });
  return { clock, ...stores, log, hub, looks: () => looked.length, looked };
}

type World = ReturnType<typeof world>;

async function running({ jobs, queue }: World, n = 1) {
  await jobs.create(newJob(n), { maxActive: 99 });
  return leaseOf((await queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 600 }))!);
}

const stateOf = (told: VersionedEvent<JobEvent> | string) =>
  typeof told === "string" ? told : told.event.state;

Deno.test("follow() tells the present state, every change with pace and best row, the end, and then ends", async () => {
  const w = world();
  const lease = await running(w);
  using follower = w.hub.follow({ kind: "job", ids: [jobIdOf(1)], signal: new AbortController().signal });
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
  using follower = w.hub.follow({ kind: "job", ids: [jobIdOf(1)], signal: new AbortController().signal });
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
  using first = w.hub.follow({ kind: "job", ids: jobIds, signal });
  const told = await first.next(patience);
  assert.ok(typeof told !== "string");
  await w.clock.advance(5);
  await w.queue.heartbeat(lease, { leaseSeconds: 600 });
  using resumed = w.hub.follow({
    kind: "job",
    ids: jobIds,
    signal,
    seen: new Map([[jobIdOf(1), told.version]]),
  });
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
    () => w.hub.follow({ kind: "job", ids: [jobIdOf(1)], signal: gone.signal }),
  );
  for (const follower of followers) assert.equal(stateOf(await follower.next(patience)), "running");
  const before = w.looks();
  await w.clock.advance(10 * pollMs);
  assert.equal(w.looks() - before, 10);
  assert.equal(w.hub.watched, 1);
  gone.abort();
  for (const follower of followers) {
    assert.equal(await follower.next(patience), "ended");
    follower[Symbol.dispose]();
  }
  assert.equal(w.hub.watched, 0);
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
  using follower = w.hub.follow({ kind: "job", ids: [jobIdOf(1)], signal: new AbortController().signal });
  const told = follower.next(patience);
  await until(() => w.clock.sleepers > 1);
  await w.clock.advance(3 * pollMs);
  assert.equal(stateOf(await told), "running");
  assert.deepEqual(w.log.lines.map(({ event }) => event), ["job_events_failed"]);
});

Deno.test("follow() of a job that was deleted ends", async () => {
  const w = world();
  using follower = w.hub.follow({ kind: "job", ids: [jobIdOf(9)], signal: new AbortController().signal });
  assert.equal(await follower.next(patience), "ended");
});

Deno.test("a hint makes the hub look before its time", async () => {
  const w = world();
  await running(w);
  const hub = new EventHub({ ...w, kinds: { job: jobEventKind(w.changes) }, pollMs: 1_000_000 });
  using follower = hub.follow({ kind: "job", ids: [jobIdOf(1)], signal: new AbortController().signal });
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
  const [ended] = await w.hub.present("job", [jobIdOf(1)]);
  const seen = new Map([[jobIdOf(1), ended!.version]]);
  const { signal } = new AbortController();
  using alone = w.hub.follow({ kind: "job", ids: [jobIdOf(1)], seen, signal });
  assert.equal(await alone.next(patience), "ended");
  using both = w.hub.follow({ kind: "job", ids: [jobIdOf(1), jobIdOf(2)], seen, signal });
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
  using follower = w.hub.follow({
    kind: "job",
    ids: [jobIdOf(1), jobIdOf(2)],
    signal: new AbortController().signal,
  });
  await follower.next(patience);
  await w.queue.finish(first, { state: "cancelled" });
  await w.clock.advance(2 * pollMs);
  const seen = w.looked.length;
  await w.clock.advance(3 * pollMs);
  assert.deepEqual(w.looked.slice(seen), [[jobIdOf(2)], [jobIdOf(2)], [jobIdOf(2)]]);
});

/** Things that count up with every look, of which some may not be looked at. */
function counting(
  look: (ids: readonly string[]) => void = () => {},
): EventKind<readonly [string, number], number> {
  let looks = 0;
  return {
    look(ids) {
      look(ids);
      looks++;
      return Promise.resolve(ids.map((id) => [id, looks] as const));
    },
    lookMax: 2,
    idOf: ([id]) => id,
    versionOf: ([, n]) => String(n),
    isEnd: ([, n]) => n === 3,
    teller: () => ([, n]) => n,
  };
}

Deno.test("the hub tells things of two kinds with one id apart, each kind looked at by itself and in pieces", async () => {
  const [clock, log] = [manualClock(), memoryLog()];
  const looked: string[] = [];
  const kinds = {
    job: counting((ids) => void looked.push(`job ${ids}`)),
    run: counting((ids) => void looked.push(`run ${ids}`)),
  };
  const hub = new EventHub<{ job: number; run: number }>({ kinds, wakeups: noWakeups, clock, log, pollMs });
  const { signal } = new AbortController();
  using run = hub.follow({ kind: "run", ids: ["a", "b", "c"], signal });
  const first = [await run.next(patience), await run.next(patience), await run.next(patience)];
  assert.deepEqual(first.map((told) => typeof told === "string" ? told : `${told.id} ${told.event}`), [
    "a 1",
    "b 1",
    "c 2",
  ]);
  using job = hub.follow({ kind: "job", ids: ["a"], signal });
  await clock.advance(pollMs);
  const told = await job.next(patience);
  assert.deepEqual(typeof told === "string" ? told : [told.id, told.event], ["a", 1]);
  assert.equal(hub.watched, 4);
  assert.deepEqual(looked.slice(0, 2), ["run a,b", "run c"]);
  assert.ok(looked.includes("job a"));
});

Deno.test("the hub looks at one kind although another does not answer", async () => {
  const [clock, log] = [manualClock(), memoryLog()];
  const down = counting(() => {
    throw new BacktestError("storage_unavailable", "down");
  });
  const kinds = { job: down, run: counting() };
  const hub = new EventHub<{ job: number; run: number }>({ kinds, wakeups: noWakeups, clock, log, pollMs });
  const { signal } = new AbortController();
  using _job = hub.follow({ kind: "job", ids: ["a"], signal });
  using run = hub.follow({ kind: "run", ids: ["a"], signal });
  for (const n of [1, 2, 3]) {
    const [told] = await Promise.all([run.next(patience), clock.advance(pollMs)]);
    assert.equal(typeof told === "string" ? told : told.event, n);
  }
  assert.equal(await run.next(patience), "ended");
  assert.deepEqual(log.lines.map(({ event }) => event), ["job_events_failed"]);
});
