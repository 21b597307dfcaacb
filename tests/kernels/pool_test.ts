import assert from "node:assert/strict";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { createPool } from "../../src/adapters/wasm/pool.ts";
import type { Candidates, Compute } from "../../src/ports/compute.ts";
import { randomWalk } from "../helpers/series.ts";
import { sweepInput } from "../helpers/sweep.ts";
import { mapped } from "../helpers/mapped.ts";

const everything = { keep: 1_000_000, floor: -Infinity };

const windows = [5, 8, 13, 21, 34];
const input = sweepInput({
  candles: randomWalk(1500, 11),
  slice: { start: 100, stop: 1500 },
  indicators: [
    { id: "ma.ema", axes: { source: ["close"], window: windows } },
    { id: "trend.donchian", axes: { window: windows } },
  ],
  sl: [1, 2, null],
  tp: [4, 2],
});

/** The same sweep with one window that makes the module trap. */
const trapping = sweepInput({
  candles: randomWalk(300, 11),
  slice: { start: 0, stop: 300 },
  indicators: [{ id: "ma.sma", axes: { source: ["close"], window: [5, 0] } }],
});

/** All candidates of the sweep, in small batches that overlap. */
async function sweep(compute: Compute, batch: number): Promise<unknown> {
  await using session = await compute.open(input);
  const { stageATotal } = input.plan;
  const starts = Array.from({ length: Math.ceil(stageATotal / batch) }, (_, i) => i * batch);
  const base = await Promise.all(
    starts.map((from) => session.scoreBase({ from, to: Math.min(from + batch, stageATotal) }, everything)),
  );
  const risk = await Promise.all(
    starts.map((from) => session.scoreRisk([from, (from + 7) % stageATotal], everything)),
  );
  const replay = await session.replay({ stageAIndex: 6, riskIndex: 1 });
  return { base: sorted(base), risk: risk.map((one) => sorted([one])), replay };
}

function sorted(parts: readonly Candidates[]): [number, number][] {
  return parts.flatMap(({ indexes, scores }) =>
    Array.from(indexes, (index, i): [number, number] => [index, scores[i]!])
  ).sort(([a], [b]) => a - b);
}

Deno.test("S000-40 a pool gives the same candidates for 1, 2 and 3 threads as the calling thread", async () => {
  await using inProcess = createInProcessCompute();
  const expected = await sweep(inProcess, 4);
  for (const threads of [1, 2, 3]) {
    await using pool = createPool({ threads });
    assert.equal(pool.threads, threads);
    assert.deepEqual(await sweep(pool, 4), expected);
  }
});

Deno.test("a pool keeps sessions apart", async () => {
  await using pool = createPool({ threads: 2 });
  const alone = await sweep(pool, 25);
  const [first, second] = await Promise.all([sweep(pool, 25), sweep(pool, 25)]);
  assert.deepEqual(first, alone);
  assert.deepEqual(second, alone);
});

Deno.test("a trap in one batch rejects that call and leaves the pool usable", async () => {
  await using pool = createPool({ threads: 1 });
  await using session = await pool.open(trapping);
  const calls = mapped([0, 1, 0], (from) => session.scoreBase({ from, to: from + 1 }, everything));
  const [before, trapped, after] = await Promise.allSettled(calls);
  assert.equal(trapped.status, "rejected");
  assert.equal(trapped.reason.code, "backtest_job_runner_failed");
  assert.ok(before.status === "fulfilled" && after.status === "fulfilled");
  assert.deepEqual(after.value.scores, before.value.scores);
});

Deno.test("open() in a pool rejects with what the session refuses", async () => {
  await using pool = createPool({ threads: 2 });
  const rsi = { id: "momentum.rsi", axes: { source: ["close"], window: [5] } };
  const candles = randomWalk(10, 1);
  const bad = sweepInput({ candles, slice: { start: 0, stop: 10 }, indicators: [rsi] });
  await assert.rejects(pool.open(bad), {
    name: "BacktestError",
    code: "validation_error",
    message: "momentum.rsi: missing required signal param 'long_threshold'",
  });
  await using session = await pool.open(input);
  await session.scoreBase({ from: 0, to: 1 }, everything);
});

Deno.test("a pool replaces a worker that died", async () => {
  let workers = 0;
  let deadly = false;
  const script = new URL("../../src/adapters/wasm/pool_worker.ts", import.meta.url);
  const spawn = () => {
    const worker = new Worker(script, { type: "module" });
    workers++;
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message: unknown) => {
      post(message);
      if (!deadly) return;
      deadly = false;
      worker.dispatchEvent(new ErrorEvent("error", { message: "out of memory", cancelable: true }));
    };
    return worker;
  };
  await using pool = createPool({ threads: 1, spawn });
  await using session = await pool.open(input);
  const before = await session.scoreBase({ from: 0, to: 5 }, everything);
  deadly = true;
  await assert.rejects(session.scoreBase({ from: 0, to: 5 }, everything), {
    code: "backtest_job_runner_failed",
    message: "Cannot finish a call in a compute thread: it died: out of memory",
  });
  const after = await session.scoreBase({ from: 0, to: 5 }, everything);
  assert.equal(workers, 2);
  assert.deepEqual(after.scores, before.scores);
});

Deno.test("a pool tells the memory of all its instances, and of none once they are gone", async () => {
  const pool = createPool({ threads: 2 });
  assert.equal(pool.memoryBytes, 0);
  const session = await pool.open(input);
  await session.scoreBase({ from: 0, to: 5 }, everything);
  const open = pool.memoryBytes;
  // whole pages of 64 KiB, in each of two instances at least one
  assert.ok(open >= 2 * 65_536 && open % 65_536 === 0, `${open}`);
  await session[Symbol.asyncDispose]();
  assert.equal(pool.memoryBytes, open, "the last instance of a thread is kept for the next session");
  await pool[Symbol.asyncDispose]();
  assert.equal(pool.memoryBytes, 0);
});

Deno.test("closing a pool rejects the calls under way and those that wait", async () => {
  const pool = createPool({ threads: 1 });
  const session = await pool.open(input);
  const calls = [0, 1, 2].map((from) => session.scoreBase({ from, to: from + 1 }, everything));
  const settled = Promise.allSettled(calls);
  await pool[Symbol.asyncDispose]();
  assert.deepEqual((await settled).map(({ status }) => status), ["rejected", "rejected", "rejected"]);
  await assert.rejects(pool.open(input), { code: "backtest_job_runner_failed" });
});

Deno.test("14 candles are handed to threads without a copy, and scored alike where memory cannot be shared", async () => {
  const posted: unknown[] = [];
  const spawn = () => {
    const script = new URL("../../src/adapters/wasm/pool_worker.ts", import.meta.url);
    const worker = new Worker(script, { type: "module" });
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message) => {
      if (message.request?.kind === "open") posted.push(message.request.input.prices.close.buffer);
      post(message);
    };
    return worker;
  };
  await using pool = createPool({ threads: 2, spawn });
  await using session = await pool.open(input);
  const { candles } = input.timeline;
  assert.ok(candles.close.buffer instanceof SharedArrayBuffer);
  assert.ok(Object.values(candles).every(({ buffer }) => buffer === candles.close.buffer), "one buffer");
  assert.deepEqual(posted.map((buffer) => buffer === candles.close.buffer), [true, true]);
  const alone = {
    tsOpenMs: Float64Array.from(candles.tsOpenMs),
    open: Float32Array.from(candles.open),
    high: Float32Array.from(candles.high),
    low: Float32Array.from(candles.low),
    close: Float32Array.from(candles.close),
    volume: Float32Array.from(candles.volume),
  };
  await using other = await pool.open({ ...input, timeline: { ...input.timeline, candles: alone } });
  const batch = { from: 0, to: 25 };
  const [shared, copied] = [
    await session.scoreBase(batch, everything),
    await other.scoreBase(batch, everything),
  ];
  assert.deepEqual(copied.scores, shared.scores);
});
