import assert from "node:assert/strict";
import type { Trade } from "../../src/core/execution/mod.ts";
import type { Lease, TopVariant } from "../../src/core/job/mod.ts";
import type { JobSnapshot } from "../../src/ports/job_changes.ts";
import type { JobResults } from "../../src/ports/job_results.ts";
import { metricsOfRank } from "../helpers/any_metrics.ts";
import {
  createJobs,
  foreignLeases,
  jobIdOf,
  type JobStores,
  type JobStoresFactory,
  leaseOf,
  reportedVariant,
  runningJob,
  testStores,
  topVariant,
} from "./job_stores.ts";

type Test = (name: string, run: (stores: JobStores) => Promise<void>) => void;

const shortlist = { stageAIndexes: [7, 0, 3], stageAVariantsTotal: 9, riskTotal: 4, preselectUsed: 3 };

const planes = {
  variantKey: "a".repeat(64),
  axes: [
    { name: "ma.sma.source", values: ["close", "hlc3"], winner: 1 },
    { name: "ma.sma.window", values: [5, 10, 20], winner: 0 },
    { name: "sl_pct", values: [0.1, 1e-7], winner: 1 },
  ],
  planes: [
    { x: 0, y: 1, returns: [[1.25, -0.30000000000000004], [1e21, 5e-324], [null, 0]] },
    { x: 0, y: 2, returns: [[1, 2], [3, 4]] },
    { x: 1, y: 2, returns: [[1, 2, 3], [4, 5, 6]] },
  ],
};

/** Registers what every `JobResults` must do. */
export function testJobResults(factory: JobStoresFactory): void {
  const test: Test = (name, run) => testStores(name, { factory, run });
  testSnapshots(test);
  testMetrics(test);
  testTrades(test);
  testSameAs(test);
  testShortlist(test);
  testPlanes(test);
  testArguments(test);
  testFence(test, {
    name: "replaceTopVariants()",
    write: (results, lease) => results.replaceTopVariants(lease, [topVariant(9)]),
  });
  testFence(test, {
    name: "saveShortlist()",
    write: (results, lease) => results.saveShortlist(lease, { ...shortlist, riskTotal: 99 }),
  });
  testFence(test, {
    name: "savePlanes()",
    write: (results, lease) => results.savePlanes(lease, { ...planes, variantKey: "other" }),
  });
}

function testSnapshots(test: Test): void {
  test("S001-20 listTopVariants() gives rows in rank order, as they were stored", async (stores) => {
    const { lease } = await runningJob(stores);
    const rows = [topVariant(3), topVariant(1), topVariant(2)];
    assert.equal(await stores.results.replaceTopVariants(lease, rows), true);
    const ranked = [topVariant(1), topVariant(2), topVariant(3)];
    assert.deepEqual(await listed(stores, { limit: 10 }), ranked);
    assert.deepEqual(await listed(stores, { limit: 2 }), ranked.slice(0, 2));
    assert.deepEqual(await stores.results.listTopVariants(jobIdOf(2), 10), []);
  });

  test("replaceTopVariants() replaces, never merges, as often as it is called", async (stores) => {
    const { lease } = await runningJob(stores);
    const first = [topVariant(1), topVariant(2), topVariant(3)];
    const second = [topVariant(1, { variantKey: "e".repeat(64), totalReturnPct: -0.25 }), topVariant(2)];
    for (const rows of [first, second, first, [], second]) {
      assert.equal(await stores.results.replaceTopVariants(lease, rows), true);
      assert.deepEqual(await listed(stores, { limit: 10 }), rows);
    }
  });

  test("S001-18 rows of the previous attempt stay until the first overwrite", async (stores) => {
    const { lease } = await runningJob(stores);
    await stores.results.replaceTopVariants(lease, [topVariant(1)]);
    await stores.expireLease(lease.jobId);
    const next = leaseOf((await stores.queue.claimNext({ lockedBy: "worker-2", leaseSeconds: 60 }))!);
    assert.deepEqual(await listed(stores, { limit: 10 }), [topVariant(1)]);
    await stores.results.replaceTopVariants(next, []);
    assert.deepEqual(await listed(stores, { limit: 10 }), []);
  });

  test("S000-33 replaceTopVariants() refuses reports, which belong to succeeded jobs", async (stores) => {
    const { lease } = await runningJob(stores);
    await assert.rejects(stores.results.replaceTopVariants(lease, [reportedVariant(1)]), TypeError);
    await assert.rejects(
      stores.results.replaceTopVariants(lease, [topVariant(1, { trades: [] })]),
      TypeError,
    );
    await assert.rejects(
      stores.results.replaceTopVariants(lease, [topVariant(1, { metrics: metricsOfRank(1) })]),
      TypeError,
    );
    assert.deepEqual(await listed(stores, { limit: 10 }), []);
  });
}

function testMetrics(test: Test): void {
  test("metrics of a succeeded job come back to the last bit, with members in order", async (stores) => {
    const { lease } = await runningJob(stores);
    const unmeasured = topVariant(3, { reportTableMd: "| left by an older release |" });
    assert.ok(await stores.queue.succeed(lease, [reportedVariant(1), reportedVariant(2), unmeasured]));
    const stored = await stores.results.listTopVariants(lease.jobId, 9);
    const expected = [metricsOfRank(1), metricsOfRank(2), null];
    assert.equal(JSON.stringify(stored.map(({ metrics }) => metrics)), JSON.stringify(expected));
    const [{ best }] = await stores.changes.look([lease.jobId]) as [JobSnapshot];
    assert.equal(JSON.stringify(best?.metrics), JSON.stringify(metricsOfRank(1)));
  });

  test("metrics that a later version added come back behind the known ones", async (stores) => {
    const { lease } = await runningJob(stores);
    const metrics = { ...metricsOfRank(1), aa_later: 1 };
    await stores.queue.succeed(lease, [{ ...reportedVariant(1), metrics }]);
    const [row] = await stores.results.listTopVariants(lease.jobId, 1);
    assert.equal(JSON.stringify(row!.metrics), JSON.stringify(metrics));
  });
}

function testTrades(test: Test): void {
  test("trades come back with their times, and those an older release stored without", async (stores) => {
    const { lease } = await runningJob(stores);
    const { trades } = reportedVariant(1);
    const [{ entry_ts: _, exit_ts: __, ...untimed }] = trades as [Trade];
    await stores.queue.succeed(lease, [
      reportedVariant(1),
      topVariant(2, { reportTableMd: "| older |", trades: [untimed] }),
    ]);
    const stored = await stores.results.listTopVariants(lease.jobId, 9);
    assert.equal(JSON.stringify(stored.map(({ trades }) => trades)), JSON.stringify([trades, [untimed]]));
  });

  test("rows of megabytes all come back, and have one time", async (stores) => {
    const { lease } = await runningJob(stores);
    const [trade] = reportedVariant(1).trades as [Trade];
    const many = Array.from({ length: 2000 }, (_, i): Trade => ({ ...trade, trade_id: i + 1 }));
    const tradesOf = [many, null, many, many, null, [trade]];
    const rows = tradesOf.map((trades, i): TopVariant => ({ ...reportedVariant(i + 1), trades }));
    assert.ok(await stores.queue.succeed(lease, rows));
    const stored = await stores.results.listTopVariants(lease.jobId, 10);
    assert.deepEqual(stored.map(({ rank }) => rank), [1, 2, 3, 4, 5, 6]);
    assert.equal(JSON.stringify(stored.map(({ trades }) => trades)), JSON.stringify(tradesOf));
    assert.equal(new Set(stored.map(({ updatedAtMs }) => updatedAtMs)).size, 1);
  });
}

function testSameAs(test: Test): void {
  test("what was folded into rows of a succeeded job comes back, with members in order", async (stores) => {
    const { lease } = await runningJob(stores);
    const sameAs = {
      count: 41,
      params: { "ma.sma.source": ["close", "high"], sl_pct: [0.1 + 0.2, 1e21], tp_pct: [4, 4] },
    } as const;
    assert.ok(await stores.queue.succeed(lease, [{ ...reportedVariant(1), sameAs }, reportedVariant(2)]));
    const stored = await stores.results.listTopVariants(lease.jobId, 9);
    assert.equal(JSON.stringify(stored.map((row) => row.sameAs)), JSON.stringify([sameAs, null]));
  });

  test("what was folded is not stored of a running job", async (stores) => {
    const { lease } = await runningJob(stores);
    const sameAs = { count: 1, params: {} };
    await assert.rejects(stores.results.replaceTopVariants(lease, [topVariant(1, { sameAs })]), TypeError);
  });
}

function testShortlist(test: Test): void {
  test("S000-16 saveShortlist() stores indexes in ranked order and the totals", async (stores) => {
    const { job, lease } = await runningJob(stores);
    assert.equal(await stores.results.getShortlist(job.jobId), null);
    assert.equal(await stores.results.saveShortlist(lease, shortlist), true);
    const { updatedAtMs, ...stored } = (await stores.results.getShortlist(job.jobId))!;
    assert.deepEqual(stored, { jobId: job.jobId, ...shortlist });
    assert.ok(updatedAtMs >= job.startedAtMs!);
  });

  test("S001-19 saveShortlist() replaces the job's one shortlist", async (stores) => {
    const { lease } = await runningJob(stores);
    const other = { stageAIndexes: [1], stageAVariantsTotal: 2, riskTotal: 1, preselectUsed: 1 };
    await stores.results.saveShortlist(lease, shortlist);
    await stores.results.saveShortlist(lease, other);
    const { updatedAtMs: _, ...stored } = (await stores.results.getShortlist(lease.jobId))!;
    assert.deepEqual(stored, { jobId: lease.jobId, ...other });
  });
}

function testPlanes(test: Test): void {
  test("savePlanes() stores the job's planes to the last bit, with members in order", async (stores) => {
    const { job, lease } = await runningJob(stores);
    assert.equal(await stores.results.getPlanes(job.jobId), null);
    assert.equal(await stores.results.savePlanes(lease, planes), true);
    const { jobId, updatedAtMs, ...stored } = (await stores.results.getPlanes(job.jobId))!;
    assert.equal(jobId, job.jobId);
    assert.ok(updatedAtMs >= job.startedAtMs!);
    assert.equal(JSON.stringify(stored), JSON.stringify(planes));
  });

  test("savePlanes() replaces the planes of an earlier attempt", async (stores) => {
    const { lease } = await runningJob(stores);
    const other = { variantKey: "other", axes: [], planes: [] };
    await stores.results.savePlanes(lease, planes);
    await stores.results.savePlanes(lease, other);
    const { jobId: _, updatedAtMs: __, ...stored } = (await stores.results.getPlanes(lease.jobId))!;
    assert.deepEqual(stored, other);
  });

  test("savePlanes() refuses planes that do not fit their axes, and changes nothing", async (stores) => {
    const { lease } = await runningJob(stores);
    const plane = planes.planes[1]!;
    const bad = [
      { ...planes, variantKey: " " },
      { ...planes, axes: [{ ...planes.axes[0]!, winner: 2 }], planes: [] },
      { ...planes, planes: [{ ...plane, x: 2, y: 0 }] },
      { ...planes, planes: [{ ...plane, y: 3 }] },
      { ...planes, planes: [{ ...plane, returns: [[1, 2], [3]] }] },
    ];
    for (const wrong of bad) await assert.rejects(stores.results.savePlanes(lease, wrong), TypeError);
    assert.equal(await stores.results.getPlanes(lease.jobId), null);
  });
}

function testArguments(test: Test): void {
  test("rows and shortlists that the tables would refuse throw and change nothing", async (stores) => {
    const { lease } = await runningJob(stores);
    const badRows: readonly (readonly TopVariant[])[] = [
      [topVariant(0)],
      [topVariant(1), topVariant(2, { variantKey: topVariant(1).variantKey })],
      [topVariant(1, { variantIndex: -1 })],
      [topVariant(1, { totalReturnPct: NaN })],
      [topVariant(1, { indicatorVariantKey: "" })],
    ];
    for (const rows of badRows) {
      await assert.rejects(stores.results.replaceTopVariants(lease, rows), TypeError);
    }
    const badShortlists = [
      { ...shortlist, stageAIndexes: [] },
      { ...shortlist, stageAIndexes: [-1] },
      { ...shortlist, riskTotal: 0 },
      { ...shortlist, stageAVariantsTotal: 0 },
      { ...shortlist, preselectUsed: 0 },
    ];
    for (const bad of badShortlists) {
      await assert.rejects(stores.results.saveShortlist(lease, bad), TypeError);
    }
    await assert.rejects(stores.results.listTopVariants(lease.jobId, 0), TypeError);
    assert.deepEqual(await stores.results.listTopVariants(lease.jobId, 9), []);
    assert.equal(await stores.results.getShortlist(lease.jobId), null);
  });
}

function testFence(
  test: Test,
  options: { readonly name: string; readonly write: (results: JobResults, lease: Lease) => Promise<boolean> },
): void {
  const { name, write } = options;
  const unchanged = async (stores: JobStores, lease: Lease) => {
    const before = await snapshot(stores);
    assert.equal(await write(stores.results, lease), false);
    assert.deepEqual(await snapshot(stores), before);
  };

  test(`S000-26 ${name} with a lost lease is false and the old rows stay`, async (stores) => {
    const { lease } = await runningJob(stores);
    await stores.results.replaceTopVariants(lease, [topVariant(1), topVariant(2)]);
    await stores.results.saveShortlist(lease, shortlist);
    await stores.results.savePlanes(lease, planes);
    for (const foreign of foreignLeases(lease)) await unchanged(stores, foreign);
    await stores.expireLease(lease.jobId);
    await unchanged(stores, lease);
  });

  test(`S000-10 ${name} on a job that is not running is false and changes nothing`, async (stores) => {
    const [queued] = await createJobs(stores, 1);
    await unchanged(stores, { jobId: queued!.jobId, lockedBy: "worker-1", attempt: 1 });
    const lease = leaseOf((await stores.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!);
    await stores.queue.succeed(lease, [reportedVariant(1)]);
    await unchanged(stores, lease);
  });
}

async function listed(
  stores: JobStores,
  options: { readonly limit: number },
): Promise<readonly TopVariant[]> {
  const rows = await stores.results.listTopVariants(jobIdOf(1), options.limit);
  return rows.map(({ jobId, updatedAtMs, ...row }) => {
    assert.equal(jobId, jobIdOf(1));
    assert.ok(Number.isInteger(updatedAtMs));
    return row;
  });
}

async function snapshot(stores: JobStores): Promise<unknown> {
  const jobId = jobIdOf(1);
  const { results } = stores;
  return [
    await stores.jobs.get(jobId),
    await results.listTopVariants(jobId, 9),
    await results.getShortlist(jobId),
    await results.getPlanes(jobId),
  ];
}
