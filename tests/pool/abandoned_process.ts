/**
 * Abandons one session after another in a thread that hangs, and prints what the process holds after each, as one JSON text.
 */
import { randomWalk } from "../helpers/series.ts";
import { sweepInput } from "../helpers/sweep.ts";
import { hangingBatch, type HangingPool, hangingPool } from "./hanging_pool.ts";
import { settledHeap } from "./settled_heap.ts";

/** What a process holds that gave up its threads. */
export interface AbandonedRun {
  readonly sessions: number;
  /** Memory of the instance in a thread. */
  readonly sessionBytes: number;
  /** How much more memory is resident once the last thread has ended than after the first session. */
  readonly grownBytes: number;
}

const sessions = 20;

/** A thread stands still for a tenth of this. */
const patienceMs = 20_000;

async function abandonAll(): Promise<AbandonedRun> {
  await using pool = hangingPool({ threads: 1, graceMs: 20 });
  let sessionBytes = 0;
  let first = 0;
  for (let i = 0; i < sessions; i++) {
    sessionBytes = await abandonOne(pool, i);
    if (i === 0) first = Deno.memoryUsage().rss;
  }
  const grown = () => (settledHeap(), Deno.memoryUsage().rss - first);
  for (const sinceMs = performance.now(); performance.now() - sinceMs < patienceMs;) {
    if (grown() < 3 * sessionBytes) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { sessions, sessionBytes, grownBytes: grown() };
}

const bars = 400_000;
const input = sweepInput({
  candles: randomWalk(bars, 5),
  slice: { start: 0, stop: bars },
  indicators: [{ id: "ma.ema", axes: { source: ["close"], window: [5, 8, 13, 21] } }],
});

async function abandonOne(pool: HangingPool, before: number): Promise<number> {
  const over = new AbortController();
  const session = await pool.compute.open({ ...input, signal: over.signal });
  const stuck = session.scoreBase(hangingBatch, { keep: 1, floor: -Infinity });
  while (pool.hanging <= before) await new Promise((resolve) => setTimeout(resolve, 0));
  const sessionBytes = pool.compute.memoryBytes;
  over.abort(new Error("abandoned"));
  await stuck.catch(() => {});
  await session[Symbol.asyncDispose]();
  return sessionBytes;
}

if (import.meta.main) console.log(JSON.stringify(await abandonAll()));
