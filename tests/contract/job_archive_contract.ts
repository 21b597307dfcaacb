import assert from "node:assert/strict";
import { type ArchivedJob, archiveText } from "../../src/core/job/mod.ts";
import { parseArchive } from "../../src/answers/archived_job.ts";
import {
  createJobs,
  jobIdOf,
  type JobStores,
  type JobStoresFactory,
  leaseOf,
  newJob,
  reportedVariant,
  runData,
  testStores,
  topVariant,
  userId,
} from "./job_stores.ts";

type Test = (name: string, run: (stores: JobStores) => Promise<void>) => void;

const idempotency = { key: "again", bodyHash: "d".repeat(64) };
const error = {
  code: "backtest_job_runner_failed",
  message: "no candle",
  details: { stage: "stage_b", n: 1 },
};
const shortlist = { stageAIndexes: [7, 0, 3], stageAVariantsTotal: 9, riskTotal: 4, preselectUsed: 3 };
const planes = {
  variantKey: "a".repeat(64),
  axes: [
    { name: "ma.sma.source", values: ["close", "hlc3"], winner: 1 },
    { name: "sl_pct", values: [0.1, 1e-7], winner: 1 },
  ],
  planes: [{ x: 0, y: 1, returns: [[1.25, null], [-0.30000000000000004, 5e-324]] }],
};

/** Registers what every `JobArchive` must do. */
export function testJobArchive(factory: JobStoresFactory): void {
  const test: Test = (name, run) => testStores(name, { factory, run });
  testReading(test);
  testRestoring(test);
  testRefusals(test);
}

function testReading(test: Test): void {
  test("archive.read() answers null for a job that does not exist", async ({ archive }) => {
    assert.equal(await archive.read(jobIdOf(1)), null);
    await assert.rejects(archive.read("seven"), TypeError);
  });

  test("archive.read() refuses a job that has not ended", async (stores) => {
    await createJobs(stores, 1);
    const refusal = (state: string) => ({
      code: "conflict",
      message: `Cannot export job "${jobIdOf(1)}": it is ${state}; wait for its end or cancel it`,
    });
    await assert.rejects(stores.archive.read(jobIdOf(1)), refusal("queued"));
    await stores.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 });
    await assert.rejects(stores.archive.read(jobIdOf(1)), refusal("running"));
  });

  test("archive.read() has everything the other ports tell about a job", async (stores) => {
    await succeededJob(stores);
    const archived = (await stores.archive.read(jobIdOf(1)))!;
    assert.deepEqual(archived.job, await stores.jobs.get(jobIdOf(1)));
    assert.deepEqual(archived.topVariants, await stores.results.listTopVariants(jobIdOf(1), 1000));
    assert.deepEqual(archived.shortlist, await stores.results.getShortlist(jobIdOf(1)));
    assert.deepEqual(archived.planes, await stores.results.getPlanes(jobIdOf(1)));
    assert.deepEqual(archived.idempotency, idempotency);
    assert.equal(archived.topVariants.length, 3);
  });
}

function testRestoring(test: Test): void {
  test("a restored job is the one that was read, to the byte, in whatever way it ended", async (stores) => {
    for (const make of [succeededJob, failedJob, cancelledJob, savedJob]) {
      await make(stores);
      const archived = (await stores.archive.read(jobIdOf(1)))!;
      const copy = parseArchive(archiveText(archived), "job.gz");
      await deleteAll(stores);
      assert.equal(await stores.jobs.get(jobIdOf(1)), null);
      assert.equal(await stores.archive.restore(copy), "restored");
      assert.equal(archiveText((await stores.archive.read(jobIdOf(1)))!), archiveText(archived));
      assert.deepEqual(await stores.jobs.get(jobIdOf(1)), archived.job);
      assert.deepEqual(await stores.results.listTopVariants(jobIdOf(1), 9), archived.topVariants);
      await deleteAll(stores);
    }
  });

  test("a restored job's idempotency key answers with it again", async (stores) => {
    await succeededJob(stores);
    const archived = (await stores.archive.read(jobIdOf(1)))!;
    await deleteAll(stores);
    assert.equal(await stores.jobs.findCreated({ ...idempotency, userId }), null);
    await stores.archive.restore(archived);
    assert.equal((await stores.jobs.findCreated({ ...idempotency, userId }))?.jobId, jobIdOf(1));
  });

  test("archive.restore() of a job that is there, and equal, writes nothing", async (stores) => {
    await succeededJob(stores);
    const archived = (await stores.archive.read(jobIdOf(1)))!;
    assert.equal(await stores.archive.restore(archived), "present");
    assert.deepEqual(await stores.archive.read(jobIdOf(1)), archived);
  });

  test("archive.restore() of one job twice at once stores it once", async (stores) => {
    await succeededJob(stores);
    const archived = (await stores.archive.read(jobIdOf(1)))!;
    await deleteAll(stores);
    const outcomes = await Promise.all([1, 2, 3].map(() => stores.archive.restore(archived)));
    assert.deepEqual(outcomes.sort(), ["present", "present", "restored"]);
  });
}

function testRefusals(test: Test): void {
  test("archive.restore() refuses an id that another job has, and changes nothing", async (stores) => {
    await succeededJob(stores);
    const archived = (await stores.archive.read(jobIdOf(1)))!;
    const others: readonly ArchivedJob[] = [
      { ...archived, job: { ...archived.job, attempt: archived.job.attempt + 1 } },
      { ...archived, topVariants: archived.topVariants.slice(1) },
      { ...archived, idempotency: null },
      { ...archived, planes: null },
    ];
    for (const other of others) {
      await assert.rejects(stores.archive.restore(other), {
        code: "conflict",
        message:
          `Cannot import job "${jobIdOf(1)}": a job with this id is stored already, and it is another one ` +
          `(succeeded)`,
      });
    }
    assert.deepEqual(await stores.archive.read(jobIdOf(1)), archived);
  });

  test("archive.restore() refuses a key its owner has used for another job", async (stores) => {
    await succeededJob(stores);
    const archived = (await stores.archive.read(jobIdOf(1)))!;
    await deleteAll(stores);
    await stores.jobs.create(newJob(2), { maxActive: 9, idempotency });
    await assert.rejects(stores.archive.restore(archived), {
      code: "conflict",
      message: `Cannot import job "${
        jobIdOf(1)
      }": its owner used the idempotency key "again" for another job`,
    });
    assert.equal(await stores.jobs.get(jobIdOf(1)), null);
    assert.deepEqual(await stores.results.listTopVariants(jobIdOf(1), 9), []);
  });

  test("archive.restore() refuses what no job can have left", async (stores) => {
    await succeededJob(stores);
    const { job, ...rest } = (await stores.archive.read(jobIdOf(1)))!;
    await deleteAll(stores);
    const [first] = rest.topVariants;
    const bad: readonly ArchivedJob[] = [
      { ...rest, job: { ...job, state: "running" } },
      { ...rest, job: { ...job, requestHash: "short" } },
      { ...rest, job: { ...job, state: "failed", lastError: "x", lastErrorJson: error } },
      { ...rest, job, topVariants: [{ ...first!, jobId: jobIdOf(2) }] },
      { ...rest, job, topVariants: [first!, first!] },
      { ...rest, job, shortlist: { ...rest.shortlist!, stageAIndexes: [] } },
    ];
    for (const archived of bad) await assert.rejects(stores.archive.restore(archived), TypeError);
    assert.equal(await stores.jobs.get(jobIdOf(1)), null);
  });
}

async function started(stores: JobStores) {
  const job = (await stores.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
  return leaseOf(job);
}

async function succeededJob(stores: JobStores): Promise<void> {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  await stores.jobs.create(newJob(1), { maxActive: 9, idempotency, traceId });
  const first = await started(stores);
  await stores.queue.retry(first, { delayMs: 0 });
  const lease = await started(stores);
  await stores.results.saveShortlist(lease, shortlist);
  await stores.queue.updateProgress(lease, { stage: "stage_b", processedUnits: 3, totalUnits: 4 });
  await stores.results.savePlanes(lease, planes);
  await stores.queue.saveRunData(lease, runData);
  await stores.queue.succeed(lease, [3, 1, 2].map(reportedVariant));
}

async function failedJob(stores: JobStores): Promise<void> {
  await createJobs(stores, 1);
  const lease = await started(stores);
  await stores.results.replaceTopVariants(lease, [topVariant(1)]);
  await stores.queue.finish(lease, { state: "failed", error });
}

async function cancelledJob(stores: JobStores): Promise<void> {
  await createJobs(stores, 1);
  await stores.jobs.cancel({ jobId: jobIdOf(1), userId });
}

async function savedJob(stores: JobStores): Promise<void> {
  const saved = {
    mode: "saved",
    specHash: "e".repeat(64),
    specPayloadJson: { name: "é", deep: [1e-7] },
  } as const;
  await stores.jobs.create(newJob(1, saved), { maxActive: 9 });
  const lease = await started(stores);
  await stores.queue.finish(lease, { state: "cancelled" });
}

async function deleteAll({ pruning, tick }: JobStores): Promise<void> {
  await tick();
  await tick();
  for (const state of ["succeeded", "failed", "cancelled"] as const) {
    const { endedBeforeMs } = await pruning.survey({ olderThanMs: 1, states: [state] });
    await pruning.deleteBatch({ state, endedBeforeMs, limit: 1000 });
  }
}
