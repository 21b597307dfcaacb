import assert from "node:assert/strict";
import { until } from "../helpers/until.ts";
import { runProgram } from "../helpers/program.ts";
import { randomWalk } from "../helpers/series.ts";
import { sweepInput } from "../helpers/sweep.ts";
import type { AbandonedRun } from "./abandoned_process.ts";
import { hangingBatch as hanging, hangingPool } from "./hanging_pool.ts";

const everything = { keep: 1_000_000, floor: -Infinity };
const graceMs = 150;

function sweepOf(windows: readonly number[]) {
  return sweepInput({
    candles: randomWalk(1500, 11),
    slice: { start: 100, stop: 1500 },
    indicators: [{ id: "ma.ema", axes: { source: ["close"], window: windows } }],
  });
}

const input = sweepOf([5, 8, 13, 21, 34]);
const first = { from: 0, to: 1 };
const abandoned = new Error("nobody wants it");

Deno.test("13 an abandoned session's calls end, in a thread that hangs, too, and other sessions never notice", async () => {
  await using pool = hangingPool({ threads: 2, graceMs });
  const over = new AbortController();
  await using other = await pool.compute.open(input);
  const before = await other.scoreBase(first, everything);
  await using session = await pool.compute.open({ ...input, signal: over.signal });
  const stuck = [session.scoreBase(hanging, everything), session.scoreBase(hanging, everything)];
  const waiting = session.scoreBase(first, everything);
  // they wait for a thread behind those that hang
  const others = Promise.all([other.scoreBase(first, everything), other.scoreBase(first, everything)]);
  await until(() => pool.hanging === 2);
  over.abort(abandoned);
  for (const call of await Promise.allSettled([waiting, ...stuck])) {
    assert.ok(call.status === "rejected" && call.reason === abandoned);
  }
  await assert.rejects(session.scoreBase(first, everything), abandoned);
  for (const { scores } of await others) assert.deepEqual(scores, before.scores);
  assert.equal(pool.workers, 4, "both threads were replaced");
});

Deno.test("13 a sweep that hangs while it is opened is given up, and the one behind it is opened", async () => {
  await using pool = hangingPool({ threads: 1, graceMs });
  const over = new AbortController();
  const threeVariants = sweepOf([5, 8, 13]);
  const opening = pool.compute.open({ ...threeVariants, signal: over.signal });
  const behind = pool.compute.open(input);
  over.abort(abandoned);
  await assert.rejects(opening, abandoned);
  await using session = await behind;
  assert.equal((await session.scoreBase(first, everything)).scores.length, 1);
  await assert.rejects(pool.compute.open({ ...input, signal: over.signal }), abandoned);
});

Deno.test("13 a thread that ends the abandoned batch in time is kept, and its timer does not end it later", async () => {
  await using pool = hangingPool({ threads: 1, graceMs });
  const over = new AbortController();
  const session = await pool.compute.open({ ...input, signal: over.signal });
  const quick = session.scoreBase(first, everything);
  // once it is posted
  await new Promise((resolve) => setTimeout(resolve, 0));
  over.abort(abandoned);
  await Promise.allSettled([quick]);
  await session[Symbol.asyncDispose]();
  await new Promise((resolve) => setTimeout(resolve, 2 * graceMs));
  await using next = await pool.compute.open(input);
  await next.scoreBase(first, everything);
  assert.equal(pool.workers, 1);
});

Deno.test("13 a session that ends, or is not opened, leaves no listener on its signal", async () => {
  await using pool = hangingPool({ threads: 1, graceMs });
  const over = new AbortController();
  let listeners = 0;
  const { signal } = over;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args));
  const session = await pool.compute.open({ ...input, signal });
  assert.equal(listeners, 1);
  await session[Symbol.asyncDispose]();
  assert.equal(listeners, 0);
  const rsi = { id: "momentum.rsi", axes: { source: ["close"], window: [5] } };
  const refused = sweepInput({
    candles: randomWalk(10, 1),
    slice: { start: 0, stop: 10 },
    indicators: [rsi],
  });
  await assert.rejects(pool.compute.open({ ...refused, signal }), { code: "validation_error" });
  assert.equal(listeners, 0);
});

Deno.test("13 threads that were replaced leave no memory behind", async () => {
  const { code, stdout, stderr } = await runProgram([], { script: "tests/pool/abandoned_process.ts" });
  assert.equal(code, 0, stderr);
  const { sessions, sessionBytes, grownBytes } = JSON.parse(stdout) as AbandonedRun;
  assert.ok(sessionBytes > 20e6, `${sessionBytes}`);
  assert.ok(
    grownBytes < 4 * sessionBytes,
    `${sessions} sessions of ${sessionBytes} bytes left ${grownBytes}`,
  );
});
