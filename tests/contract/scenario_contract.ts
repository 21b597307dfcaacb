import assert from "node:assert/strict";
import { unknownMarket } from "../../src/core/bars/mod.ts";
import { noRunMetrics } from "../../src/ports/run_metrics.ts";
import { scenarioBody } from "../../src/request/scenario.ts";
import { scenarioTasks } from "../../src/usecases/scenario_tasks.ts";
import { startScenario } from "../../src/usecases/start_scenario.ts";
import { scenarioResult, workspaceScenario } from "../../src/usecases/workspace_scenario.ts";
import { testConfig } from "../helpers/config.ts";
import { gatedCandles, knownBody, knownCandles } from "../helpers/scenario_world.ts";
import { until } from "../helpers/until.ts";
import { manualClock } from "../memory/clock.ts";
import { memoryLog } from "../memory/log.ts";
import { type RunStores, type RunStoresFactory, strangerId, testRunStores, userId } from "./run_stores.ts";

const config = testConfig();
const request = scenarioBody(config.scenarios).read(knownBody);

/** One process that works on scenarios over some stores. */
function processOver(stores: RunStores, { holder, candles = knownCandles(), maxActive = 1000 }: {
  readonly holder: string;
  readonly candles?: ReturnType<typeof knownCandles>;
  readonly maxActive?: number;
}) {
  const log = memoryLog();
  const tasks = scenarioTasks({
    held: stores.held,
    candles,
    marketOf: () => unknownMarket,
    holder,
    bounds: config.scenarios,
    loadTimeoutSeconds: 60,
    clock: manualClock(),
    log,
    metrics: noRunMetrics,
    stop: new AbortController().signal,
  });
  const jobs = { ...config.jobs, max_active_jobs_per_user: maxActive };
  return {
    log,
    tasks,
    start: async (workspaceId = "w", owner = userId) =>
      (await startScenario({ userId: owner, workspaceId, request }, {
        runs: stores.runs,
        tasks,
        config: { jobs },
        newId: () => crypto.randomUUID(),
      })).job_id,
  };
}

const workspace = { userId, workspaceId: "w" };

/** What scenarios come to over each kind of store. */
export function testScenarios(factory: RunStoresFactory): void {
  const test = (name: string, run: (stores: RunStores) => Promise<void>) =>
    testRunStores(name, { factory, run });

  test("S002-09 S002-14 a scenario's result comes back figure by figure, also after it was replaced and cleared", async (stores) => {
    const { start, tasks } = processOver(stores, { holder: "one" });
    const first = await start();
    await tasks.quiet();
    assert.equal((await workspaceScenario(stores.runs, workspace)).status, "complete");
    const result = await scenarioResult(stores.runs, { runId: first, userId });
    assert.equal(result.total_hedge_cost, 8064.911228970274);
    assert.equal(result.template_results[1]!.daily_path[9]!.ltv_unhedged, 126_000 / 179_812.5);
    await start();
    await tasks.quiet();
    await stores.runs.clear(workspace);
    assert.equal(
      JSON.stringify(await scenarioResult(stores.runs, { runId: first, userId })),
      JSON.stringify(result),
    );
    await assert.rejects(workspaceScenario(stores.runs, workspace), { code: "not_found" });
    await assert.rejects(scenarioResult(stores.runs, { runId: first, userId: strangerId }), {
      code: "not_found",
    });
  });

  test("S002-11 the late end of a replaced scenario, of this process or another, touches nothing", async (stores) => {
    const candles = gatedCandles();
    const slow = processOver(stores, { holder: "slow", candles: candles.source });
    const quick = processOver(stores, { holder: "quick" });
    const first = await slow.start();
    await until(() => candles.begun === 1);
    const second = await quick.start();
    await quick.tasks.quiet();
    const rows = [await stores.runs.get(first), await stores.runs.get(second)];
    candles.release(0);
    await slow.tasks.quiet();
    assert.deepEqual([await stores.runs.get(first), await stores.runs.get(second)], rows);
    assert.deepEqual(rows.map((run) => run!.state), ["cancelled", "succeeded"]);
    assert.ok(slow.log.lines.some(({ event }) => event === "run_superseded"));
    assert.equal((await workspaceScenario(stores.runs, workspace)).job_id, second);
  });

  test("S002-12 S002-13 owners and workspaces are apart; a cleared one is not brought back", async (stores) => {
    const candles = gatedCandles();
    const { start, tasks } = processOver(stores, { holder: "one", candles: candles.source });
    const mine = await start("w");
    const other = await start("v");
    const theirs = await start("w", strangerId);
    await until(() => candles.begun === 3);
    await stores.runs.clear(workspace);
    [0, 1, 2].forEach(candles.release);
    await tasks.quiet();
    await assert.rejects(workspaceScenario(stores.runs, workspace), { code: "not_found" });
    assert.equal((await stores.runs.get(mine))!.cancelReason, "cleared");
    const shown = await Promise.all([
      workspaceScenario(stores.runs, { userId, workspaceId: "v" }),
      workspaceScenario(stores.runs, { userId: strangerId, workspaceId: "w" }),
    ]);
    assert.deepEqual(shown.map(({ job_id, status }) => [job_id, status]), [[other, "complete"], [
      theirs,
      "complete",
    ]]);
  });

  if (factory.parallel) {
    test("S002-16 parallel starts in one workspace from two processes leave one current scenario, which completes", async (stores) => {
      const processes = ["one", "two"].map((holder) => processOver(stores, { holder, maxActive: 1 }));
      const ids = await Promise.all([0, 1, 0, 1, 0, 1].map((which) => processes[which]!.start()));
      await Promise.all(processes.map(({ tasks }) => tasks.quiet()));
      const current = await workspaceScenario(stores.runs, workspace);
      assert.equal(current.status, "complete");
      const runs = await stores.runs.look(ids);
      assert.deepEqual(runs.filter((run) => run.current).map(({ runId }) => runId), [current.job_id]);
      assert.deepEqual(runs.filter(({ state }) => state === "running"), []);
    });
  }

  test("S002-17 a scenario whose process is heard of no more is failed by another after 300 s, and its late end changes nothing", async (stores) => {
    const candles = gatedCandles();
    const gone = processOver(stores, { holder: "gone", candles: candles.source });
    const runId = await gone.start();
    await until(() => candles.begun === 1);
    const stale = {
      seconds: 300,
      error: {
        code: "backtest_job_runner_failed",
        message: "Nobody works on it",
        details: { reason: "stale" },
      },
    };
    await stores.passTime(290_000);
    assert.deepEqual(await stores.sweeps.failStale(stale), []);
    await stores.passTime(20_000);
    assert.deepEqual((await stores.sweeps.failStale(stale)).map((run) => run.runId), [runId]);
    const failed = await stores.runs.get(runId);
    candles.release(0);
    await gone.tasks.quiet();
    assert.deepEqual(await stores.runs.get(runId), failed);
    const { status, error, message } = await workspaceScenario(stores.runs, workspace);
    assert.deepEqual([status, error, message], [
      "failed",
      "Nobody works on it",
      "Fetching prices for GLD...",
    ]);
  });
}
