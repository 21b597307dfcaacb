import assert from "node:assert/strict";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { startHttpServer } from "../../src/wiring/http_server.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { exampleBody, exampleCloses, exampleStartMs } from "../helpers/run_api.ts";
import { dailyCandles, runWorld } from "../helpers/run_world.ts";
import { userId } from "../helpers/worker_harness.ts";
import { memoryJobs } from "../memory/jobs.ts";
import { memoryLog } from "../memory/log.ts";

Deno.test("runs create, show, context, decide, watch, cancel and result play a run over the API", async () => {
  const clock = systemClock();
  const { runStores } = memoryJobs(clock);
  const candles = dailyCandles(exampleCloses, exampleStartMs);
  await using runs = runWorld({ stores: runStores, candles, clock, log: memoryLog() });
  const authenticate = () => Promise.resolve({ userId });
  const newId = () => crypto.randomUUID();
  const world = apiWorld({ clock, authenticate, newId, runs });
  const limits = { ...world.deps.config.api, silentSecondsMax: 600 };
  await using server = await startHttpServer({ ...world.api, host: "127.0.0.1", port: 0, limits });
  const cli = async (...args: readonly string[]) =>
    await runInProcess(["runs", ...args, "--api", `http://127.0.0.1:${server.port}`], {
      stdin: JSON.stringify({ ...exampleBody, decision_timeout_seconds: 86_400 }),
    });
  const created = await cli("create", "--request", "-", "--session", "s-1");
  assert.equal(created.code, 0, created.stderr);
  const id = created.stdout.trim();
  await runs.loader.idle();
  assert.match((await cli("show", id)).stdout, /state: running, waiting_decision\nsteps: 0\/6/);
  assert.match((await cli("context", id)).stdout, /2026-01-05T00:00:00.000Z[^]*account: flat, equity 10000/);
  const first = await cli("decide", id, "long", "--step", "0", "--reason", "why not");
  assert.equal(first.stdout, "step 0: long, equity 9985.002498750626; step 1 is open\n");
  const again = await cli("decide", id, "short", "--step", "0");
  assert.deepEqual([again.code, again.stdout], [1, ""]);
  assert.match(again.stderr, /Idempotency-Key was used with another decision/);
  for (let step = 1; step < 6; step++) await cli("decide", id, "hold", "--step", String(step));
  await runs.baselines[Symbol.asyncDispose]();
  const watched = await cli("watch", id, "--json");
  assert.deepEqual([watched.code, JSON.parse(watched.stdout).state], [0, "succeeded"]);
  assert.match((await cli("result", id)).stdout, /final_equity[^]*10094\.765179910046/);
  assert.match((await cli("cancel", id)).stdout, /state: succeeded/);
});

Deno.test("S003-29 a command of runs that fails says so in one line and exits 1", async () => {
  const run = async (...args: readonly string[]) => await runInProcess(["runs", ...args]);
  const id = "99999999-9999-4999-8999-999999999999";
  const nobody = await run("show", id, "--api", "http://127.0.0.1:1");
  assert.equal(nobody.code, 1);
  assert.match(nobody.stderr, /^Cannot reach http:\/\/127\.0\.0\.1:1: [^\n]*\n$/);
  const action = await run("decide", id, "buy", "--step", "0");
  assert.deepEqual([action.code, action.stderr], [
    1,
    'Cannot use action: "buy" is none of long, short, flat, hold\n',
  ]);
  const step = await run("decide", id, "long", "--step", "one");
  assert.deepEqual([step.code, step.stderr], [1, 'Cannot use --step: "one" is no whole number\n']);
});
