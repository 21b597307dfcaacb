import assert from "node:assert/strict";
import {
  decision,
  holder,
  loaded,
  loadingRun,
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

const stale = { code: "backtest_job_runner_failed", message: "m", details: { reason: "stale" } };
const succeeded = { end: { state: "succeeded", result } } as const;
const dayMs = 86_400_000;

/** Contract of what a process does to the runs it holds, and of what is looked after in all runs. */
export function testRunSweeps(factory: RunStoresFactory): void {
  const test = (name: string, run: Parameters<typeof testRunStores>[1]["run"]) =>
    testRunStores(name, { factory, run });

  test("S003-07 heartbeat() refreshes the runs that the process holds, and tells which those are", async (stores) => {
    const first = await loadingRun(stores, 1);
    await waitingRun(stores, 2);
    await stores.runs.create(newRun(3), { maxActive: 1000, holder: "process-2" });
    await stores.passTime(10_000);
    const aged = (await stores.runs.get(first.runId))!.heartbeatAtMs!;
    const ids = [1, 2, 3, 4].map(runIdOf);
    assert.deepEqual(await stores.held.heartbeat(holder, ids), [runIdOf(1)]);
    assert.ok((await stores.runs.get(first.runId))!.heartbeatAtMs! >= aged + 10_000);
    assert.deepEqual(await stores.held.heartbeat(holder, []), []);
  });

  test("S003-08 failStale() fails what nobody heartbeats, and keeps what a sibling does", async (stores) => {
    await loadingRun(stores, 1);
    await stores.runs.create(newScenario(2), unlimited);
    await stores.runs.create(newRun(3), { maxActive: 1000, holder: "sibling" });
    await waitingRun(stores, 4);
    await stores.passTime(299_000);
    assert.deepEqual(await stores.sweeps.failStale({ seconds: 300, error: stale }), []);
    await stores.held.heartbeat("sibling", [runIdOf(3)]);
    await stores.passTime(2000);
    const failed = await stores.sweeps.failStale({ seconds: 300, error: stale });
    assert.deepEqual(failed.map(({ runId }) => runId).sort(), [1, 2].map(runIdOf));
    for (const run of failed) {
      assert.deepEqual(await stores.runs.get(run.runId), run);
      assert.deepEqual([run.state, run.phase, run.ownerInstance, run.lastErrorJson], [
        "failed",
        null,
        null,
        stale,
      ]);
    }
    assert.equal((await stores.runs.get(runIdOf(3)))?.phase, "loading");
    assert.equal((await stores.runs.get(runIdOf(4)))?.phase, "waiting_decision");
  });

  test("S003-09 failStale() of age 0 fails every held run at once, and none that waits", async (stores) => {
    await loadingRun(stores, 1);
    await waitingRun(stores, 2);
    const failed = await stores.sweeps.failStale({ seconds: 0, error: stale });
    assert.deepEqual(failed.map(({ runId }) => runId), [runIdOf(1)]);
    assert.equal((await stores.runs.get(runIdOf(2)))?.state, "running");
  });

  test("countRunning() counts what runs by kind", async (stores) => {
    await loadingRun(stores, 1);
    await waitingRun(stores, 2);
    await stores.runs.create(newScenario(3), unlimited);
    await waitingRun(stores, 4);
    await write(stores, runIdOf(4), succeeded);
    assert.deepEqual(await stores.sweeps.countRunning(), { interactive: 2, scenario: 1 });
  });

  test("S002-13 a write of somebody who does not hold the run changes nothing", async (stores) => {
    await stores.runs.create(newScenario(1), unlimited);
    const before = await stores.runs.get(runIdOf(1));
    const foreign = { runId: runIdOf(1), holder: "process-2" };
    assert.equal(await stores.held.advance(foreign, "fetching_prices"), null);
    assert.equal(await stores.held.end(foreign, { state: "failed", error: stale }), null);
    assert.equal(await stores.held.advance({ runId: runIdOf(9), holder }, "fetching_prices"), null);
    assert.deepEqual(await stores.runs.get(runIdOf(1)), before);
  });

  test("advance() goes through the phases of a scenario in order, counts them, and knows no others", async (stores) => {
    await stores.runs.create(newScenario(1), unlimited);
    const hold = { runId: runIdOf(1), holder };
    await assert.rejects(stores.held.advance(hold, "calculating"), { message: /Cannot advance/ });
    await assert.rejects(stores.held.advance(hold, "waiting_decision"), { name: "TypeError" });
    for (const [i, phase] of (["validating", "fetching_prices", "calculating"] as const).entries()) {
      const run = await stores.held.advance(hold, phase);
      assert.deepEqual([run?.phase, run?.stepIndex, run?.totalSteps], [phase, i + 1, 3]);
      assert.deepEqual(await stores.runs.get(runIdOf(1)), run);
    }
    await assert.rejects(stores.held.end(hold, { state: "succeeded", result: {} }), { name: "TypeError" });
    const ended = await stores.held.end(hold, { state: "succeeded", result });
    assert.deepEqual(await stores.runs.get(runIdOf(1)), ended);
    assert.equal(await stores.held.advance(hold, "calculating"), null);
  });

  test("end() refuses an end that the run may not have", async (stores) => {
    await loadingRun(stores, 1);
    const hold = { runId: runIdOf(1), holder };
    await assert.rejects(stores.held.end(hold, { state: "succeeded", result }), {
      message: /loading does not go/,
    });
    assert.equal((await stores.held.end(hold, { state: "failed", error: stale }))?.lastError, "m");
  });

  test("S003-10 listDue() finds the runs whose deadline has gone by, those that wait longest first", async (stores) => {
    await waitingRun(stores, 1);
    await stores.passTime(30_000);
    await waitingRun(stores, 2);
    await waitingRun(stores, 3, { requestJson: { decision_timeout_seconds: 600 } });
    await waitingRun(stores, 4, { userId: strangerId });
    await stores.passTime(30_000);
    assert.deepEqual(await stores.sweeps.listDue({ limit: 10 }), [runIdOf(1)]);
    await stores.passTime(30_000);
    const due = await stores.sweeps.listDue({ limit: 10 });
    assert.deepEqual([due[0], due.toSorted()], [runIdOf(1), [1, 2, 4].map(runIdOf)]);
    assert.deepEqual(await stores.sweeps.listDue({ limit: 10, userId: strangerId }), [runIdOf(4)]);
    assert.deepEqual(await stores.sweeps.listDue({ limit: 1 }), [runIdOf(1)]);
    await write(stores, runIdOf(1), { holds: 1 });
    assert.ok(!(await stores.sweeps.listDue({ limit: 10 })).includes(runIdOf(1)));
  });

  test("S003-35 baselines are stored once, and written to a succeeded run once", async (stores) => {
    await waitingRun(stores, 1);
    const baseline = { run: newRun(2, { kind: "baseline" }), ...loaded, result };
    await stores.sweeps.saveBaseline(baseline);
    const stored = await stores.runs.get(runIdOf(2));
    assert.deepEqual([stored?.kind, stored?.state, stored?.stepIndex, stored?.totalSteps], [
      "baseline",
      "succeeded",
      6,
      6,
    ]);
    assert.equal(stored?.metrics?.num_trades, 2);
    await stores.sweeps.saveBaseline({ ...baseline, result: { other: 1 } });
    assert.deepEqual(await stores.runs.getResult(runIdOf(2)), result);
    const ids = { buy_and_hold: runIdOf(2) };
    assert.equal(await stores.sweeps.setBaselines(runIdOf(1), ids), null);
    await write(stores, runIdOf(1), succeeded);
    assert.deepEqual(await stores.sweeps.listWithoutBaselines({ seconds: 3600, limit: 5 }), [runIdOf(1)]);
    const run = await stores.sweeps.setBaselines(runIdOf(1), ids);
    assert.deepEqual(run?.baselines, ids);
    assert.deepEqual(await stores.runs.get(runIdOf(1)), run);
    assert.equal(await stores.sweeps.setBaselines(runIdOf(1), {}), null);
    assert.deepEqual(await stores.sweeps.listWithoutBaselines({ seconds: 3600, limit: 5 }), []);
    assert.deepEqual((await stores.runs.listForUser({ userId, limit: 5 })).items.map(({ runId }) => runId), [
      runIdOf(1),
    ]);
    const { items } = await stores.runs.listForUser({ userId, limit: 5, kind: "baseline" });
    assert.deepEqual(items.map(({ runId }) => runId), [runIdOf(2)]);
  });

  test("listWithoutBaselines() gives up a run that ended too long ago", async (stores) => {
    await waitingRun(stores, 1);
    await write(stores, runIdOf(1), succeeded);
    await stores.passTime(7200_000);
    assert.deepEqual(await stores.sweeps.listWithoutBaselines({ seconds: 3600, limit: 5 }), []);
  });

  test("prune() deletes what ended long ago with its steps, and a baseline only after its runs", async (stores) => {
    await stores.sweeps.saveBaseline({ run: newRun(2, { kind: "baseline" }), ...loaded, result });
    await stores.passTime(10 * dayMs);
    await waitingRun(stores, 1);
    await write(stores, runIdOf(1), { decision: decision("k") });
    await write(stores, runIdOf(1), succeeded);
    await stores.sweeps.setBaselines(runIdOf(1), { buy_and_hold: runIdOf(2) });
    await waitingRun(stores, 3);
    const prune = () => stores.sweeps.prune({ olderThanMs: 5 * dayMs, limit: 10 });
    assert.equal(await prune(), 0);
    await stores.passTime(6 * dayMs);
    assert.equal(await prune(), 1);
    assert.equal(await stores.runs.get(runIdOf(1)), null);
    assert.equal(await stores.steps.codes(runIdOf(1)), "");
    assert.equal(await prune(), 1);
    assert.equal(await stores.runs.get(runIdOf(2)), null);
    assert.equal((await stores.runs.get(runIdOf(3)))?.state, "running");
    assert.equal(await prune(), 0);
  });
}
