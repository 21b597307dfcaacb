import { isTerminal, type Job, type Lease } from "../../src/core/job/mod.ts";
import { topVariant } from "../contract/job_stores.ts";
import type { Mutation, Ports, QuietStore } from "./audited_store.ts";

/** Every guard of the queue, taken out one at a time. */
export const mutations: readonly Mutation[] = [
  mutatedFence("the fence does not look at the owner", (lease, store) => ({
    ...lease,
    lockedBy: store.jobs.get(lease.jobId)?.lockedBy ?? lease.lockedBy,
  })),
  mutatedFence("the fence does not look at the attempt", (lease, store) => ({
    ...lease,
    attempt: Math.max(1, store.jobs.get(lease.jobId)?.attempt ?? 1),
  })),
  mutatedFence("the fence does not look at the lease's end", (lease, store) => {
    const job = store.jobs.get(lease.jobId);
    const nowMs = store.clock.nowMs();
    if (job?.state === "running" && (job.leaseExpiresAtMs ?? 0) <= nowMs) {
      store.quietly({ ...job, leaseExpiresAtMs: nowMs + 1 });
    }
    return lease;
  }),
  mutatedFence("the fence does not look at the state", (lease, store) => {
    const job = store.jobs.get(lease.jobId);
    if (job && job.state !== "running") store.quietly(revived(job, { lease, store }));
    return lease;
  }),
  mutatedClaim("a claim takes a job whose lease is alive", (_claim, store) => {
    const job = [...store.jobs.values()].find(({ state }) => state === "running");
    if (job) store.quietly({ ...job, leaseExpiresAtMs: store.clock.nowMs() });
  }),
  mutatedClaim("a claim does not wait for not_before", (_claim, store) => {
    for (const job of store.jobs.values()) {
      if (job.state === "queued") store.quietly({ ...job, notBeforeMs: null });
    }
  }),
  mutatedClaim("a claim takes a finished job", (_claim, store) => {
    const job = [...store.jobs.values()].find(({ state }) => isTerminal(state));
    if (job) store.quietly({ ...job, state: "queued", finishedAtMs: null });
  }),
  {
    name: "a job whose worker died is not reclaimed",
    ports: ({ queue }, store) => ({
      queue: {
        ...queue,
        claimNext(claim) {
          const running = [...store.jobs.values()].filter(({ state }) => state === "running");
          for (const job of running) store.quietly({ ...job, leaseExpiresAtMs: Infinity });
          const claimed = queue.claimNext(claim);
          for (const job of running) store.quietly(job);
          return claimed;
        },
      },
    }),
  },
  {
    name: "a poison job is started for ever",
    ports: ({ queue }) => ({
      queue: { ...queue, claimNext: (claim) => queue.claimNext({ ...claim, maxAttempts: 1_000_000 }) },
    }),
  },
  {
    name: "a job is given up at its first dead worker",
    ports: ({ queue }) => ({
      queue: { ...queue, claimNext: (claim) => queue.claimNext({ ...claim, maxAttempts: 1 }) },
    }),
  },
  onWrite("a claim keeps the attempt", isClaim, (before) => ({ attempt: before.attempt })),
  onWrite("a reclaim spends no retry", isClaim, (before) => ({ retries: before.retries })),
  onWrite("a release spends a retry", isGivenBack, (before) => ({ retries: before.retries + 1 })),
  onWrite("a job given back keeps its progress", isGivenBack, () => ({ processedUnits: 1, totalUnits: 2 })),
  onWrite("a job given back keeps its start", isGivenBack, (before) => ({ startedAtMs: before.startedAtMs })),
  onWrite("a job given back keeps its lease", isGivenBack, ({ lockedBy, leaseExpiresAtMs }) => ({
    lockedBy,
    leaseExpiresAtMs,
  })),
  onWrite("a finished job keeps its lease", isEnd, ({ lockedBy, leaseExpiresAtMs }) => ({
    lockedBy,
    leaseExpiresAtMs,
  })),
  onWrite("a finished job has no end time", isEnd, () => ({ finishedAtMs: null })),
  onWrite("a running job forgets its cancel", isBeat, () => ({ cancelRequestedAtMs: null })),
  onWrite("a heartbeat shortens the lease", isBeat, (before) => ({
    leaseExpiresAtMs: (before.leaseExpiresAtMs ?? 0) - 1,
  })),
  onWrite("progress goes back", isProgress, ({ stage, processedUnits, totalUnits }) => ({
    stage,
    totalUnits,
    processedUnits: processedUnits - 1,
  })),
  {
    name: "the quota is not counted",
    ports: ({ jobs }) => ({ jobs: { ...jobs, create: (job) => jobs.create(job, { maxActive: 1000 }) } }),
  },
  {
    name: "a cancel changes a finished job",
    ports: ({ jobs }, store) => ({
      jobs: {
        ...jobs,
        cancel: (query) => {
          const job = store.jobs.get(query.jobId);
          if (job && isTerminal(job.state)) store.quietly({ ...job, state: "queued" });
          return jobs.cancel(query);
        },
      },
    }),
  },
  {
    name: "a cancel of a running job is lost",
    ports: ({ jobs }, store) => ({
      jobs: {
        ...jobs,
        cancel: async (query) => {
          const job = store.jobs.get(query.jobId);
          return job?.state === "running" ? job : await jobs.cancel(query);
        },
      },
    }),
  },
  {
    name: "a snapshot carries reports",
    ports: ({ results }, store) => ({
      results: {
        ...results,
        async replaceTopVariants(lease, rows) {
          const written = await results.replaceTopVariants(lease, rows);
          const stored = store.topVariants.get(lease.jobId) ?? [];
          if (written) {
            store.topVariants.set(lease.jobId, stored.map((row) => ({ ...row, reportTableMd: "|" })));
          }
          return written;
        },
      },
    }),
  },
  {
    name: "a snapshot is written before the lease is looked at",
    ports: ({ results }, store) => ({
      results: {
        ...results,
        replaceTopVariants(lease, rows) {
          const stored = { ...topVariant(1), jobId: lease.jobId, updatedAtMs: 0 };
          store.topVariants.set(lease.jobId, [stored]);
          return results.replaceTopVariants(lease, rows);
        },
      },
    }),
  },
  {
    name: "succeeded is written without the rows",
    ports: ({ queue }, store) => ({
      queue: {
        ...queue,
        async succeed(lease, rows) {
          const job = await queue.succeed(lease, rows);
          if (job) store.topVariants.delete(lease.jobId);
          return job;
        },
      },
    }),
  },
];

const fencedMethods = new Set([
  "check",
  "heartbeat",
  "updateProgress",
  "saveRunData",
  "finish",
  "succeed",
  "release",
  "retry",
  "replaceTopVariants",
  "saveShortlist",
]);

function mutatedFence(name: string, change: (lease: Lease, store: QuietStore) => Lease): Mutation {
  const mutate = <T extends object>(port: T, store: QuietStore): T =>
    new Proxy(port, {
      get(target, member, receiver) {
        const method = Reflect.get(target, member, receiver);
        if (typeof method !== "function" || !fencedMethods.has(String(member))) return method;
        return (lease: Lease, ...rest: unknown[]) => method.call(target, change(lease, store), ...rest);
      },
    });
  return {
    name,
    ports: ({ queue, results }, store) => ({ queue: mutate(queue, store), results: mutate(results, store) }),
  };
}

function mutatedClaim(
  name: string,
  before: (claim: Parameters<Ports["queue"]["claimNext"]>[0], store: QuietStore) => void,
): Mutation {
  return {
    name,
    ports: ({ queue }, store) => ({
      queue: {
        ...queue,
        claimNext(claim) {
          before(claim, store);
          return queue.claimNext(claim);
        },
      },
    }),
  };
}

function onWrite(
  name: string,
  when: (before: Job, after: Job) => boolean,
  change: (before: Job) => Partial<Job>,
): Mutation {
  return { name, write: (before, after) => when(before, after) ? { ...after, ...change(before) } : after };
}

function isClaim(before: Job, after: Job): boolean {
  return after.attempt > before.attempt;
}

function isGivenBack(before: Job, after: Job): boolean {
  return before.state === "running" && after.state === "queued";
}

function isEnd(before: Job, after: Job): boolean {
  return before.state === "running" && isTerminal(after.state);
}

function isBeat(before: Job, after: Job): boolean {
  return after.state === "running" && after.attempt === before.attempt &&
    after.heartbeatAtMs !== before.heartbeatAtMs;
}

function isProgress(before: Job, after: Job): boolean {
  return after.state === "running" && after.progressUpdatedAtMs !== before.progressUpdatedAtMs &&
    before.processedUnits > 0;
}

function revived(
  job: Job,
  { lease, store }: { readonly lease: Lease; readonly store: QuietStore },
): Job {
  const nowMs = store.clock.nowMs();
  return {
    ...job,
    state: "running",
    lockedBy: lease.lockedBy,
    attempt: lease.attempt,
    lockedAtMs: nowMs,
    heartbeatAtMs: nowMs,
    leaseExpiresAtMs: nowMs + 1000,
    startedAtMs: job.startedAtMs ?? nowMs,
    finishedAtMs: null,
  };
}
