import assert from "node:assert/strict";
import { noChange } from "../../src/core/run/mod.ts";
import {
  decision,
  holder,
  loaded,
  loadingRun,
  result,
  runIdOf,
  type RunStoresFactory,
  testRunStores,
  waitingRun,
  write,
} from "./run_stores.ts";

const runId = runIdOf(1);
const cancel = { end: { state: "cancelled", reason: "requested" } } as const;
const failure = { code: "backtest_job_runner_failed", message: "m", details: { reason: "abandoned" } };

/** Contract of the steps of runs. */
export function testRunSteps(factory: RunStoresFactory): void {
  const test = (name: string, run: Parameters<typeof testRunStores>[1]["run"]) =>
    testRunStores(name, { factory, run });

  test("S003-05 S003-06 a run's row after each of its steps", async (stores) => {
    const waiting = await waitingRun(stores, 1);
    assert.deepEqual([waiting.phase, waiting.ownerInstance, waiting.heartbeatAtMs], [
      "waiting_decision",
      null,
      null,
    ]);
    assert.equal(waiting.stepOpenedAtMs, waiting.updatedAtMs);
    assert.deepEqual(waiting.loadedJson, loaded.loadedJson);
    await stores.passTime(10_000);
    const decided = await write(stores, runId, { decision: decision("first", -1) });
    assert.deepEqual(await stores.runs.get(runId), decided);
    assert.equal(decided?.stepIndex, 1);
    await stores.passTime(130_000);
    const before = (await stores.runs.get(runId))!;
    const drained = await write(stores, runId, { holds: 2 });
    assert.deepEqual(await stores.runs.get(runId), drained);
    assert.deepEqual([drained?.stepIndex, drained?.timeoutHolds], [3, 2]);
    assert.equal(drained?.stepOpenedAtMs, before.stepOpenedAtMs! + 120_000);
    assert.equal(await stores.steps.codes(runId), "Sss");
    const both = await write(stores, runId, { holds: 1, decision: decision("second", 0) });
    assert.deepEqual(await stores.runs.get(runId), both);
    assert.equal(await stores.steps.codes(runId), "SsssF");
    const ended = await write(stores, runId, {
      decision: decision("last"),
      end: { state: "succeeded", result },
    });
    assert.deepEqual(await stores.runs.get(runId), ended);
    assert.deepEqual([ended?.state, ended?.phase, ended?.stepIndex, ended?.stepOpenedAtMs], [
      "succeeded",
      null,
      6,
      null,
    ]);
    assert.equal(ended?.metrics?.total_return, -0.05);
  });

  test("list() has one item per step, holds at their deadlines and with the side before them", async (stores) => {
    await waitingRun(stores, 1);
    await stores.passTime(200_000);
    const { stepOpenedAtMs } = (await stores.runs.get(runId))!;
    await write(stores, runId, { holds: 2, decision: decision("k", -1) });
    await write(stores, runId, { holds: 1 });
    const steps = await stores.steps.list({ runId, from: 0, limit: 10 });
    assert.deepEqual(steps.map(({ stepIndex, side, source }) => [stepIndex, side, source]), [
      [0, 0, "timeout_hold"],
      [1, 0, "timeout_hold"],
      [2, -1, "agent"],
      [3, -1, "timeout_hold"],
    ]);
    assert.deepEqual(steps.slice(0, 2).map(({ decidedAtMs }) => decidedAtMs - stepOpenedAtMs!), [
      60_000,
      120_000,
    ]);
    assert.deepEqual(steps[2], {
      stepIndex: 2,
      side: -1,
      source: "agent",
      idempotencyKey: "k",
      decisionJson: decision("k").decisionJson,
      contextRef: decision("k").contextRef,
      decidedAtMs: steps[2]!.decidedAtMs,
    });
    assert.deepEqual(steps[0]!.decisionJson, null);
    assert.deepEqual(await stores.steps.list({ runId, from: 1, limit: 2 }), steps.slice(1, 3));
    assert.deepEqual(await stores.steps.list({ runId: runIdOf(2), from: 0, limit: 2 }), []);
  });

  test("S003-20 change() finds a decision by its key, with the very bytes of its answer, also after the end", async (stores) => {
    await waitingRun(stores, 1);
    await write(stores, runId, { decision: decision("k") });
    const keyed = (key: string) =>
      stores.steps.change(
        { runId, key },
        ({ keyed }) => Promise.resolve({ change: noChange, answer: { keyed } }),
      );
    const found = { stepIndex: 0, bodyHash: "c".repeat(64), ackText: '{"key":"k","numbers":[1.0,-0]}' };
    assert.deepEqual(await keyed("k"), { keyed: found });
    assert.deepEqual(await keyed("other"), { keyed: null });
    await write(stores, runId, cancel);
    assert.deepEqual(await keyed("k"), { keyed: found });
  });

  test("change() shows the steps so far, the last of them, and what was declared", async (stores) => {
    await waitingRun(stores, 1);
    await write(stores, runId, { decision: decision("a", 1) });
    await write(stores, runId, { holds: 1 });
    await write(stores, runId, {
      decision: { ...decision("b", -1), decisionJson: { action: "short" } },
    });
    const seen = await stores.steps.change({ runId }, async ({ codes, usages }) => ({
      change: noChange,
      answer: [await codes(), await codes({ last: 2 }), await codes({ last: 99 }), await usages()],
    }));
    assert.deepEqual(seen, ["LlS", "lS", "LlS", [{ llm_calls: 1, cost_usd: 0.1 }]]);
    assert.equal(
      await stores.steps.change({ runId: runIdOf(7) }, () => Promise.reject(new Error("is not called"))),
      null,
    );
  });

  test("change() writes nothing when its work rejects, and a second try finds everything as it was", async (stores) => {
    const before = await waitingRun(stores, 1);
    await assert.rejects(stores.steps.change({ runId }, () => Promise.reject(new Error("no"))), {
      message: "no",
    });
    assert.deepEqual(await stores.runs.get(runId), before);
    // a key that is taken fails the write itself, steps before it among it
    await write(stores, runId, { decision: decision("k") });
    const decided = await stores.runs.get(runId);
    if (factory.name !== "memory") {
      await assert.rejects(write(stores, runId, { holds: 1, decision: decision("k") }));
      assert.deepEqual(await stores.runs.get(runId), decided);
      assert.equal(await stores.steps.codes(runId), "L");
    }
  });

  test("S003-12 S003-13 S003-14 nothing changes a run that has ended", async (stores) => {
    const ends = [
      { state: "succeeded", result },
      { state: "failed", error: failure },
      { state: "cancelled", reason: "requested" },
    ] as const;
    for (const [n, end] of ends.entries()) {
      const ended = await waitingRun(stores, n).then(() => write(stores, runIdOf(n), { end }));
      await stores.passTime(1_000_000);
      const before = await stores.runs.get(runIdOf(n));
      assert.equal(before?.state, end.state);
      const hold = { runId: runIdOf(n), holder };
      assert.equal(await stores.held.end(hold, { state: "failed", error: failure }), null);
      assert.equal(
        await stores.held.ready(hold, loaded),
        null,
      );
      assert.deepEqual(await stores.held.heartbeat(holder, [runIdOf(n)]), []);
      for (const change of [cancel, { holds: 1 }, { decision: decision("late") }]) {
        await assert.rejects(write(stores, runIdOf(n), change));
      }
      assert.deepEqual(await stores.sweeps.failStale({ seconds: 0, error: failure }), []);
      assert.deepEqual(await stores.sweeps.listDue({ limit: 10 }), []);
      assert.deepEqual(await stores.runs.get(runIdOf(n)), before);
      assert.equal(ended?.finishedAtMs !== null, true);
    }
  });

  test("S003-16 a run that was cancelled while it loaded stays cancelled, and its slot is free", async (stores) => {
    await loadingRun(stores, 1);
    const cancelled = await write(stores, runId, cancel);
    assert.deepEqual([cancelled?.state, cancelled?.ownerInstance], ["cancelled", null]);
    const hold = { runId, holder };
    assert.equal(
      await stores.held.ready(hold, loaded),
      null,
    );
    assert.equal(await stores.held.end(hold, { state: "failed", error: failure }), null);
    assert.deepEqual(await stores.runs.get(runId), cancelled);
    assert.equal(await stores.jobs.countActiveForUser(cancelled!.userId), 0);
  });

  if (factory.parallel) {
    test("S003-15 of a last decision and a cancel at once one finds the other done", async (stores) => {
      for (let n = 1; n <= 8; n++) {
        await waitingRun(stores, n);
        await write(stores, runIdOf(n), { holds: 5 });
        const last = (end: "succeeded" | "cancelled") =>
          stores.steps.change({ runId: runIdOf(n) }, ({ run }) =>
            Promise.resolve(
              run.state !== "running" ? { change: noChange, answer: run.state } : {
                change: end === "succeeded"
                  ? { holds: 0, decision: decision("k"), end: { state: "succeeded", result } }
                  : { ...noChange, ...cancel },
                answer: end,
              },
            ));
        const order = n % 2 === 0
          ? (["succeeded", "cancelled"] as const)
          : (["cancelled", "succeeded"] as const);
        const answers = await Promise.all(order.map(last));
        const { state } = (await stores.runs.get(runIdOf(n)))!;
        assert.deepEqual(answers, [state, state]);
      }
    });
  }
}
