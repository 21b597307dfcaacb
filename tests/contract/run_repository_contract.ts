import assert from "node:assert/strict";
import type { Run } from "../../src/core/run/mod.ts";
import { newJob } from "./job_stores.ts";
import {
  decision,
  holder,
  loaded,
  loadingRun,
  metrics,
  newRun,
  newScenario,
  result,
  runIdOf,
  type RunStoresFactory,
  strangerId,
  testRunStores,
  unlimited,
  userId,
  waitingRun,
  write,
} from "./run_stores.ts";

const quota = { code: "validation_error", message: "Active backtest jobs quota exceeded (max=2)" };
const twoActive = { maxActive: 2, holder };

/** Contract of starting runs and of reading them. */
export function testRunRepository(factory: RunStoresFactory): void {
  const test = (name: string, run: Parameters<typeof testRunStores>[1]["run"]) =>
    testRunStores(name, { factory, run });

  test("S003-05 S003-07 create() stores a held run in its first phase, with no step", async (stores) => {
    const run = await loadingRun(stores, 1);
    const { createdAtMs } = run;
    assert.deepEqual(run, {
      ...newRun(1),
      state: "running",
      phase: "loading",
      current: null,
      ownerInstance: holder,
      heartbeatAtMs: createdAtMs,
      stepIndex: 0,
      totalSteps: 0,
      timeoutHolds: 0,
      stepOpenedAtMs: null,
      candlesHash: null,
      sliceBars: null,
      loadedJson: null,
      metrics: null,
      baselines: null,
      cancelReason: null,
      lastError: null,
      lastErrorJson: null,
      createdAtMs,
      updatedAtMs: createdAtMs,
      finishedAtMs: null,
    });
    assert.deepEqual(await stores.runs.get(run.runId), run);
    assert.deepEqual(await stores.runs.look([run.runId, runIdOf(9)]), [run]);
    assert.deepEqual(await stores.steps.codes(run.runId), "");
    assert.equal(await stores.runs.get(runIdOf(9)), null);
    const at = await stores.runs.getAt(run.runId);
    assert.deepEqual(at?.run, run);
    assert.ok(at.nowMs >= createdAtMs);
    assert.equal(await stores.runs.getAt(runIdOf(9)), null);
  });

  test("S003-01 jobs and runs share one cap, in both directions", async (stores) => {
    await stores.jobs.create(newJob(1), twoActive);
    await stores.runs.create(newRun(1), twoActive);
    await assert.rejects(stores.runs.create(newRun(2), twoActive), quota);
    await assert.rejects(stores.jobs.create(newJob(2), twoActive), quota);
    await assert.rejects(stores.runs.create(newScenario(3), twoActive), quota);
    assert.equal(await stores.jobs.countActiveForUser(userId), 2);
    await stores.jobs.create(newJob(3, { userId: strangerId }), twoActive);
    await write(stores, runIdOf(1), { end: { state: "cancelled", reason: "requested" } });
    await stores.jobs.create(newJob(4), twoActive);
  });

  if (factory.parallel) {
    test("S003-02 parallel creates of jobs and runs never pass the cap", async (stores) => {
      const creates = Array.from({ length: 8 }, (_, n) => [
        stores.jobs.create(newJob(n), twoActive),
        stores.runs.create(newRun(n), twoActive),
        stores.runs.create(newScenario(100 + n, `w${n}`), twoActive),
      ]).flat();
      const outcomes = await Promise.allSettled(creates);
      assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 2);
      assert.equal(await stores.jobs.countActiveForUser(userId), 2);
    });
  }

  test("S003-03 counting touches nothing", async (stores) => {
    const run = await waitingRun(stores, 1);
    await stores.passTime(1_000_000);
    const before = await stores.runs.get(run.runId);
    await stores.jobs.countActiveForUser(userId);
    await assert.rejects(stores.jobs.create(newJob(1), { maxActive: 1 }));
    assert.deepEqual(await stores.runs.get(run.runId), before);
  });

  test("S003-04 what has ended takes no slot, and neither does a baseline", async (stores) => {
    for (
      const [n, end] of Object.entries(
        {
          1: { state: "succeeded", result },
          2: { state: "cancelled", reason: "requested" },
          3: { state: "failed", error: { code: "c", message: "m", details: {} } },
        } as const,
      )
    ) {
      await waitingRun(stores, Number(n));
      await write(stores, runIdOf(Number(n)), { end });
    }
    await stores.sweeps.saveBaseline({
      run: newRun(4, { kind: "baseline" }),
      ...loaded,
      result,
    });
    assert.equal(await stores.jobs.countActiveForUser(userId), 0);
    await stores.runs.create(newRun(5), { maxActive: 1, holder });
  });

  test("create() gives a repeated key the run it made, whatever the quota, and refuses another body", async (stores) => {
    const idempotency = { key: "k", bodyHash: "e".repeat(64) };
    const run = await stores.runs.create(newRun(1), { maxActive: 1, holder, idempotency });
    assert.deepEqual(await stores.runs.create(newRun(2), { maxActive: 1, holder, idempotency }), run);
    assert.deepEqual(await stores.runs.findCreated({ ...idempotency, userId }), run);
    assert.equal(await stores.runs.findCreated({ ...idempotency, userId: strangerId }), null);
    const other = { ...idempotency, bodyHash: "f".repeat(64) };
    const conflict = { code: "conflict", details: { idempotency_key: "k", run_id: run.runId } };
    await assert.rejects(stores.runs.create(newRun(3), { ...unlimited, idempotency: other }), conflict);
    await assert.rejects(stores.runs.findCreated({ ...other, userId }), conflict);
    const theirs = newRun(4, { userId: strangerId });
    assert.equal((await stores.runs.create(theirs, { ...unlimited, idempotency: other })).runId, runIdOf(4));
  });

  test("S003-31 metadata come back as the object that they were, through every reader", async (stores) => {
    const metadata = { llm_max_output_tokens: 1024, nested: { list: [1, null, "é"] } };
    const run = await waitingRun(stores, 1, { metadata, listed: true });
    await write(stores, run.runId, { end: { state: "succeeded", result } });
    const read: (Run | null | undefined)[] = [
      run,
      await stores.runs.get(run.runId),
      (await stores.runs.look([run.runId]))[0],
      (await stores.runs.listForUser({ userId, limit: 1 })).items[0],
      (await stores.runs.listListed({ limit: 1 })).items[0],
      await stores.runs.latestSucceeded({ userId, agentName: "my-agent" }),
    ];
    assert.deepEqual(read.map((found) => found?.metadata), read.map(() => metadata));
    assert.deepEqual((await loadingRun(stores, 2)).metadata, {});
  });

  test("listForUser() pages own runs, newest first, and filters them", async (stores) => {
    for (let n = 1; n <= 5; n++) {
      await waitingRun(stores, n, {
        agentName: n % 2 === 0 ? "even" : "odd",
        sessionTag: n === 5 ? "s-1" : null,
      });
    }
    await stores.runs.create(newRun(6, { userId: strangerId }), unlimited);
    await stores.runs.create(newScenario(7), unlimited);
    await write(stores, runIdOf(4), { end: { state: "succeeded", result } });
    const ids = async (query: object) =>
      (await stores.runs.listForUser({ userId, limit: 50, ...query })).items.map(({ runId }) => runId).sort();
    assert.deepEqual(await ids({}), [1, 2, 3, 4, 5, 7].map(runIdOf));
    assert.deepEqual(await ids({ agentName: "even" }), [2, 4].map(runIdOf));
    assert.deepEqual(await ids({ state: "succeeded" }), [runIdOf(4)]);
    assert.deepEqual(await ids({ kind: "scenario" }), [runIdOf(7)]);
    assert.deepEqual(await ids({ sessionTag: "s-1" }), [runIdOf(5)]);
    assert.deepEqual(await ids({ sessionTag: "s-2" }), []);
    const seen: string[] = [];
    let cursor;
    do {
      const page = await stores.runs.listForUser({ userId, limit: 4, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ runId }) => runId));
      const times = page.items.map(({ createdAtMs }) => createdAtMs);
      assert.deepEqual(times, times.toSorted((a, b) => b - a));
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(seen.toSorted(), [1, 2, 3, 4, 5, 7].map(runIdOf));
  });

  test("S003-36 listListed() shows what was listed, whosever it is", async (stores) => {
    await stores.runs.create(newRun(1, { listed: true }), unlimited);
    await stores.runs.create(newRun(2), unlimited);
    await stores.runs.create(newRun(3, { listed: true, userId: strangerId }), unlimited);
    const first = await stores.runs.listListed({ limit: 1 });
    const second = await stores.runs.listListed({ limit: 5, cursor: first.nextCursor! });
    assert.deepEqual(
      [...first.items, ...second.items].map(({ runId }) => runId).sort(),
      [1, 3].map(runIdOf),
    );
    assert.equal(second.nextCursor, null);
  });

  test("S003-38 latestSucceeded() is the newest success of the agent of that name", async (stores) => {
    for (const n of [1, 2, 3, 4]) {
      await waitingRun(stores, n, { agentName: n === 4 ? "other" : "Agent" });
      await stores.passTime(1000);
      if (n !== 3) await write(stores, runIdOf(n), { end: { state: "succeeded", result } });
    }
    const latest = await stores.runs.latestSucceeded({ userId, agentName: "Agent" });
    assert.equal(latest?.runId, runIdOf(2));
    assert.deepEqual(
      JSON.stringify(latest?.metrics),
      JSON.stringify({
        total_return: -0.05,
        sharpe_ratio: null,
        max_drawdown: 0.1,
        num_trades: 2,
        final_equity: metrics.final_equity,
        llm_calls: null,
        input_tokens: null,
        output_tokens: null,
        est_cost_usd: null,
      }),
    );
    assert.equal(await stores.runs.latestSucceeded({ userId: strangerId, agentName: "Agent" }), null);
  });

  test("getResult() gives what a run came to, and nothing before", async (stores) => {
    await waitingRun(stores, 1);
    assert.equal(await stores.runs.getResult(runIdOf(1)), null);
    await write(stores, runIdOf(1), { decision: decision("k") });
    await write(stores, runIdOf(1), { end: { state: "succeeded", result } });
    assert.deepEqual(await stores.runs.getResult(runIdOf(1)), result);
    assert.equal(await stores.runs.getResult(runIdOf(2)), null);
  });

  test("S002-11 a workspace has one current run, and a new one replaces it at a full cap", async (stores) => {
    const one = { maxActive: 1, holder };
    await stores.runs.create(newScenario(1), one);
    const second = await stores.runs.create(newScenario(2), one);
    assert.deepEqual(await stores.runs.currentOf({ userId, workspaceId: "w" }), second);
    assert.deepEqual([second.current, second.phase, second.totalSteps], [true, "validating", 3]);
    const replaced = await stores.runs.get(runIdOf(1));
    assert.deepEqual([replaced?.state, replaced?.cancelReason, replaced?.current], [
      "cancelled",
      "superseded",
      false,
    ]);
    // refused by the cap, another workspace's run takes nothing away
    await assert.rejects(stores.runs.create(newScenario(3, "v"), one), { code: "validation_error" });
    await stores.runs.create(newScenario(4, "v"), unlimited);
    await assert.rejects(stores.runs.create(newScenario(5), one), { code: "validation_error" });
    assert.deepEqual(await stores.runs.currentOf({ userId, workspaceId: "w" }), second);
    await stores.runs.create({ ...newScenario(6), userId: strangerId }, one);
    assert.equal((await stores.runs.currentOf({ userId, workspaceId: "w" }))?.runId, runIdOf(2));
  });

  if (factory.parallel) {
    test("S002-16 parallel starts in one workspace leave one current run", async (stores) => {
      await Promise.all([1, 2, 3, 4].map((n) => stores.runs.create(newScenario(n), unlimited)));
      const { items } = await stores.runs.listForUser({ userId, limit: 10 });
      assert.equal(items.filter(({ current }) => current).length, 1);
      assert.equal(items.filter(({ state }) => state === "running").length, 1);
    });
  }

  test("S002-14 S002-15 clear() leaves a workspace empty, and what had ended as it was", async (stores) => {
    const workspace = { userId, workspaceId: "w" };
    assert.equal(await stores.runs.clear(workspace), null);
    await stores.runs.create(newScenario(1), unlimited);
    const hold = { runId: runIdOf(1), holder };
    for (const phase of ["validating", "fetching_prices", "calculating"] as const) {
      await stores.held.advance(hold, phase);
    }
    const ended = await stores.held.end(hold, { state: "succeeded", result });
    assert.deepEqual(await stores.runs.clear(workspace), { ...ended, current: false });
    assert.equal(await stores.runs.clear(workspace), null);
    assert.deepEqual(await stores.runs.getResult(runIdOf(1)), result);
    await stores.runs.create(newScenario(2), unlimited);
    const cleared = await stores.runs.clear(workspace);
    assert.deepEqual([cleared?.state, cleared?.cancelReason], ["cancelled", "cleared"]);
    assert.equal(await stores.runs.currentOf(workspace), null);
  });

  test("create() and its readers refuse what no caller may ask for", async ({ runs }) => {
    const refused = { name: "TypeError" };
    await assert.rejects(runs.create(newRun(1, { runId: "x" }), unlimited), refused);
    await assert.rejects(runs.create(newRun(1, { kind: "baseline" }), unlimited), refused);
    await assert.rejects(runs.create(newRun(1, { workspaceId: "w" }), unlimited), refused);
    await assert.rejects(runs.create(newRun(1, { kind: "scenario" }), unlimited), refused);
    await assert.rejects(runs.create(newRun(1, { agentName: " a" }), unlimited), refused);
    await assert.rejects(runs.create(newRun(1, { sessionTag: "a b" }), unlimited), refused);
    await assert.rejects(runs.create(newRun(1, { requestJson: {} }), unlimited), refused);
    await assert.rejects(runs.create(newRun(1), { maxActive: 1, holder: " " }), refused);
    await assert.rejects(runs.get("x"), refused);
    await assert.rejects(runs.listForUser({ userId, limit: 251 }), refused);
    await assert.rejects(runs.currentOf({ userId, workspaceId: "a b" }), refused);
  });
}
