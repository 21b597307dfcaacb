import assert from "node:assert/strict";
import { noChange } from "../core/run/mod.ts";
import type { RunMetrics } from "../ports/run_metrics.ts";
import { noRunMetrics } from "../ports/run_metrics.ts";
import { exampleBody, type RunApi, runApi } from "../../tests/helpers/run_api.ts";
import { reapOnce, recoverRuns, runReaper, type RunSweep, runSweeps } from "./reaper.ts";

const config = { heartbeat_stale_seconds: 300, retention_days: 30 };
const never = new AbortController().signal;

/** One pass over the runs of a process. */
async function pass(api: RunApi): Promise<void> {
  const { runWorld: deps, clock, log, runStores: { held } } = api;
  const sweeps = runSweeps({ ...deps, held, config });
  await reapOnce({ sweeps, clock, log, metrics: noRunMetrics, stop: never });
}

Deno.test("S003-07 S003-08 a pass confirms what its process holds, and fails what nobody does", async () => {
  const gate = Promise.withResolvers<void>();
  await using api = runApi();
  await using sibling = api.sibling();
  api.candles.gate(gate.promise);
  const mine = (await api.send("POST", "/backtests/runs", { body: exampleBody })).json.run_id;
  const theirs = (await sibling.send("POST", "/backtests/runs", { body: exampleBody })).json.run_id;
  for (let passes = 0; passes < 6; passes++) {
    await api.clock.advance(60_000);
    await pass(api);
  }
  const states = async () =>
    await Promise.all([mine, theirs].map(async (id) => (await api.runStores.runs.get(id))?.state));
  assert.deepEqual(await states(), ["running", "failed"]);
  assert.deepEqual((await api.runStores.runs.get(theirs))?.lastErrorJson?.details, { reason: "stale" });
  gate.resolve();
  await api.runWorld.loader.idle();
  await sibling.runWorld.loader.idle();
  // what was given up writes nothing any more
  assert.deepEqual(await states(), ["running", "failed"]);
});

Deno.test("S003-09 at start what was being loaded fails only where it is to, and what waits never does", async () => {
  const gate = Promise.withResolvers<void>();
  await using api = runApi();
  const waiting = await api.started();
  api.candles.gate(gate.promise);
  const loading = (await api.send("POST", "/backtests/runs", { body: exampleBody })).json.run_id;
  await pass(api);
  assert.equal((await api.runStores.runs.get(loading))?.state, "running");
  await recoverRuns(api.runWorld);
  assert.equal((await api.runStores.runs.get(loading))?.state, "failed");
  assert.equal((await api.runStores.runs.get(waiting.run_id))?.state, "running");
  gate.resolve();
  await api.runWorld.loader.idle();
});

Deno.test("S003-10 a run that its agent has left ends by its deadlines, with its figures", async () => {
  await using api = runApi();
  const { run_id } = await api.started();
  await api.decide(run_id, { step_index: 0, action: "long" });
  await api.clock.advance(5 * 60_000);
  await pass(api);
  const run = await api.runStores.runs.get(run_id);
  assert.deepEqual([run?.state, run?.timeoutHolds, run?.metrics?.final_equity], [
    "succeeded",
    5,
    10094.765179910046,
  ]);
});

Deno.test("S003-42 a pass over a thousand runs that wait asks for no candles, and closes their steps", async () => {
  await using api = runApi();
  const { run_id } = await api.started();
  const { runStores: { runs, held, steps } } = api;
  const first = (await runs.get(run_id))!;
  for (let n = 0; n < 1000; n++) {
    const runId = `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
    await runs.create({ ...first, runId }, { maxActive: 5000, holder: "p" });
    await held.ready({ runId, holder: "p" }, {
      totalSteps: 6,
      sliceBars: 6,
      candlesHash: first.candlesHash!,
      loadedJson: first.loadedJson!,
    });
  }
  const loads = api.candles.loads();
  await api.clock.advance(60_000);
  await pass(api);
  await pass(api);
  await pass(api);
  assert.equal(api.candles.loads(), loads);
  assert.equal(await steps.codes("00000000-0000-4000-8000-0000000003e7"), "f");
});

Deno.test("S003-26 an end that could not be written is written by the next pass", async () => {
  await using api = runApi();
  const { run_id } = await api.started();
  const { steps } = api.runStores;
  let broken = true;
  const failing = {
    ...steps,
    change: ((query, work) =>
      steps.change(query, async (locked) => {
        const done = await work(locked);
        if (done.change !== noChange && done.change.end && broken) throw new Error("the disk is full");
        return done;
      })) as typeof steps.change,
  };
  await using sibling = api.sibling();
  const { runWorld, clock, log, runStores: { held } } = sibling;
  const sweeps = runSweeps({ ...runWorld, steps: failing, held, config });
  const once = () => reapOnce({ sweeps, clock, log, metrics: noRunMetrics, stop: never });
  await clock.advance(6 * 60_000);
  await once();
  assert.equal((await api.runStores.runs.get(run_id))?.state, "running");
  broken = false;
  await once();
  assert.equal((await api.runStores.runs.get(run_id))?.state, "succeeded");
});

Deno.test("S003-17 S003-18 a run whose baselines hang is a success that can be read and cancelled all the same", async () => {
  await using api = runApi();
  const { run_id } = await api.started();
  const gate = Promise.withResolvers<void>();
  const { sweeps } = api.runStores;
  const save = sweeps.saveBaseline;
  (sweeps as { saveBaseline: typeof save }).saveBaseline = async (baseline) => {
    await gate.promise;
    await save(baseline);
  };
  await using hanging = api.sibling();
  for (let step_index = 0; step_index < 6; step_index++) {
    await hanging.decide(run_id, { step_index, action: "flat" });
  }
  const cancelled = (await hanging.send("POST", `/backtests/runs/${run_id}/cancel`)).json;
  assert.deepEqual([cancelled.state, cancelled.compare_url], ["succeeded", null]);
  assert.equal((await hanging.send("GET", `/backtests/runs/${run_id}/result`)).status, 200);
  gate.resolve();
  await hanging.runWorld.baselines[Symbol.asyncDispose]();
  assert.notEqual((await api.send("GET", `/backtests/runs/${run_id}`)).json.compare_url, null);
});

Deno.test("S003-30 nothing that a sweep throws ends the reaper, and its passes are timed", async () => {
  await using api = runApi();
  const { clock, log } = api;
  const stop = new AbortController();
  const reaped: number[] = [];
  const metrics: RunMetrics = { ...noRunMetrics, reaped: (seconds) => void reaped.push(seconds) };
  let calls = 0;
  const sweeps: readonly RunSweep[] = [
    // deno-lint-ignore no-throw-literal -- what is no error is thrown, too
    {
      name: "odd",
      run: () =>
        Promise.resolve().then(() => {
          throw "odd";
        }),
    },
    { name: "counting", run: () => Promise.resolve(void calls++) },
  ];
  const reaping = runReaper({ sweeps, seconds: 60, jitter: 0.5, clock, log, metrics, stop: stop.signal });
  await clock.advance(29_000);
  assert.equal(calls, 0);
  await clock.advance(200_000);
  stop.abort();
  await reaping;
  assert.ok(calls >= 3, String(calls));
  assert.equal(reaped.length, calls);
  assert.ok(log.lines.some(({ event, fields }) => event === "run_sweep_failed" && fields.sweep === "odd"));
});

Deno.test("S003-19 S003-27 after 500 runs a process holds no run, and no more bars than its cache may", async () => {
  await using api = runApi({ tapesBytesMax: 2000 });
  for (let n = 0; n < 500; n++) {
    const { run_id } = await api.started({ ...exampleBody, decision_every: 6, agent_name: `agent-${n}` });
    await api.decide(run_id, { step_index: 0, action: n % 2 === 0 ? "long" : "flat" });
  }
  await api.runWorld.baselines[Symbol.asyncDispose]();
  assert.equal(api.runWorld.holds.runIds.size, 0);
  assert.ok(api.runWorld.tapes.bytes <= 2000, String(api.runWorld.tapes.bytes));
});
