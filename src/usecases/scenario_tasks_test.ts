import assert from "node:assert/strict";
import { manualClock } from "../../tests/memory/clock.ts";
import { memoryJobs } from "../../tests/memory/jobs.ts";
import { memoryLog } from "../../tests/memory/log.ts";
import { knownBody, knownCandles } from "../../tests/helpers/scenario_world.ts";
import { testConfig } from "../../tests/helpers/config.ts";
import { until } from "../../tests/helpers/until.ts";
import { unknownMarket } from "../core/bars/mod.ts";
import { BacktestError } from "../core/errors/mod.ts";
import type { HeldRuns } from "../ports/held_runs.ts";
import { scenarioBody } from "../request/scenario.ts";
import { scenarioTasks } from "./scenario_tasks.ts";
import { startScenario } from "./start_scenario.ts";

const userId = "11111111-1111-4111-8111-111111111111";
const outage = new BacktestError("storage_unavailable", "Cannot reach the database");

/** Tasks over a store in memory whose writes some of `faults` come before; what they report is kept. */
function tasksWorld({ faults = () => ({}), candles = knownCandles() }: {
  readonly faults?: (held: HeldRuns) => Partial<HeldRuns>;
  readonly candles?: ReturnType<typeof knownCandles>;
} = {}) {
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const { runStores: { runs, held, sweeps } } = memoryJobs(clock);
  const log = memoryLog();
  const reported: string[] = [];
  const { scenarios } = testConfig();
  const stop = new AbortController();
  const tasks = scenarioTasks({
    held: { ...held, ...faults(held) },
    candles,
    marketOf: () => unknownMarket,
    holder: "me",
    bounds: scenarios,
    loadTimeoutSeconds: 60,
    clock,
    log,
    metrics: {
      runEnded: ({ kind, outcome, seconds }) => void reported.push(`${kind} ${outcome} ${seconds}`),
    },
    stop: stop.signal,
  });
  let ids = 0;
  const start = () =>
    startScenario({ userId, workspaceId: "w", request: scenarioBody(scenarios).read(knownBody) }, {
      runs,
      tasks,
      config: testConfig(),
      newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`,
    });
  return { clock, runs, sweeps, log, reported, tasks, start, stop };
}

Deno.test("scenarioTasks() reports each run with its outcome, and has it at work until then", async () => {
  const gate = Promise.withResolvers<void>();
  const world = tasksWorld({ candles: knownCandles(() => gate.promise) });
  const { job_id } = await world.start();
  assert.deepEqual([...world.tasks.atWork], [job_id]);
  await world.clock.advance(1500);
  gate.resolve();
  await world.tasks.quiet();
  assert.deepEqual([...world.tasks.atWork], []);
  assert.deepEqual(world.reported, ["scenario succeeded 1.5"]);
  assert.equal((await world.runs.get(job_id))!.state, "succeeded");
});

Deno.test("scenarioTasks() whose run was replaced counts it as cancelled", async () => {
  const gate = Promise.withResolvers<void>();
  const world = tasksWorld({ candles: knownCandles(() => gate.promise) });
  await world.start();
  await world.start();
  gate.resolve();
  await world.tasks.quiet();
  assert.deepEqual(world.reported.toSorted(), ["scenario cancelled 0", "scenario succeeded 0"]);
});

Deno.test("scenarioTasks() that cannot write how a run ended says so, and takes the next one", async () => {
  const world = tasksWorld({ faults: () => ({ end: () => Promise.reject(outage) }) });
  const { job_id } = await world.start();
  await world.tasks.quiet();
  const lost = world.log.lines.find(({ event }) => event === "run_lost")!;
  assert.equal(lost.fields.error, outage);
  assert.deepEqual(world.reported, ["scenario failed 0"]);
  // it is as it was: whoever finds that nobody has been heard of fails it
  assert.equal((await world.runs.get(job_id))!.state, "running");
  await world.start();
  await world.tasks.quiet();
  assert.equal(world.reported.length, 2);
});

Deno.test("scenarioTasks() whose result cannot be stored ends its run as failed", async () => {
  let ends = 0;
  const world = tasksWorld({
    faults: (held) => ({
      end: (hold, end) => ++ends === 1 ? Promise.reject(new Error("too large")) : held.end(hold, end),
    }),
  });
  const { job_id } = await world.start();
  await world.tasks.quiet();
  const run = (await world.runs.get(job_id))!;
  assert.deepEqual([run.state, run.lastError], ["failed", "too large"]);
  assert.equal(ends, 2);
  assert.deepEqual(
    world.log.lines.filter(({ event }) => event === "run_failed").map(({ fields }) => fields.phase),
    [
      "calculating",
    ],
  );
});

Deno.test("scenarioTasks() that has lost its run loads nothing for it", async () => {
  let loads = 0;
  const counted = knownCandles(() => Promise.resolve(void loads++));
  const world = tasksWorld({ faults: () => ({ advance: () => Promise.resolve(null) }), candles: counted });
  await world.start();
  await world.tasks.quiet();
  assert.equal(loads, 0);
  assert.deepEqual(world.reported, ["scenario cancelled 0"]);
});

Deno.test("S003-30 scenarioTasks() survives what is thrown without being an error", async () => {
  const world = tasksWorld({ candles: { load: () => Promise.reject(undefined) } });
  const { job_id } = await world.start();
  await world.tasks.quiet();
  assert.equal((await world.runs.get(job_id))!.lastError, "undefined");
});

Deno.test("S002-30 scenarioTasks() that is told to stop fails what it has at work", async () => {
  const world = tasksWorld({ candles: { load: () => new Promise(() => {}) } });
  const { job_id } = await world.start();
  await until(() => world.log.lines.some(({ fields }) => fields.phase === "fetching_prices"));
  world.stop.abort();
  await world.tasks.quiet();
  const run = (await world.runs.get(job_id))!;
  assert.deepEqual([run.state, run.lastErrorJson!.code], ["failed", "shutting_down"]);
});

Deno.test("a run whose process is gone fails when others find it, and a late task of it writes nothing", async () => {
  const gate = Promise.withResolvers<void>();
  const world = tasksWorld({ candles: knownCandles(() => gate.promise) });
  const { job_id } = await world.start();
  await until(() => world.log.lines.some(({ fields }) => fields.phase === "fetching_prices"));
  await world.clock.advance(301_000);
  const error = {
    code: "backtest_job_runner_failed",
    message: "Nobody was heard of",
    details: { reason: "stale" },
  };
  await world.sweeps.failStale({ seconds: 300, error });
  const failed = await world.runs.get(job_id);
  assert.equal(failed!.state, "failed");
  gate.resolve();
  await world.tasks.quiet();
  assert.deepEqual(await world.runs.get(job_id), failed);
});
