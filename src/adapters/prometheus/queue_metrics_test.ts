import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { samples } from "../../../tests/helpers/metric_samples.ts";
import type { QueueLookout, QueueOverview } from "../../ports/queue_overview.ts";
import { manualClock } from "../../../tests/memory/clock.ts";
import { registerQueueMetrics } from "./queue_metrics.ts";

const depth = (jobs: number, oldestAgeSeconds: number) => ({ jobs, oldestAgeSeconds });
const overview: QueueOverview = {
  states: { queued: depth(3, 12.5), delayed: depth(0, 0), running: depth(2, 60), abandoned: depth(1, 4) },
  attemptsMax: 7,
  sessions: { ours: 22, others: 5, max: 100 },
};

/** A registry over a lookout that counts how often it is asked. */
function world(look: QueueLookout["look"]) {
  const clock = manualClock();
  const registry = new Registry();
  let looks = 0;
  const counted = () => {
    looks++;
    return look();
  };
  registerQueueMetrics({ look: counted }, { registry, clock });
  return { clock, registry, looks: () => looks };
}

Deno.test("registerQueueMetrics() shows depth and oldest age of every state, and the server's sessions", async () => {
  const { registry } = world(() => Promise.resolve(overview));
  assert.deepEqual(Object.fromEntries(await samples(registry)), {
    'backtest_queue_jobs{state="queued"}': 3,
    'backtest_queue_jobs{state="delayed"}': 0,
    'backtest_queue_jobs{state="running"}': 2,
    'backtest_queue_jobs{state="abandoned"}': 1,
    'backtest_queue_oldest_age_seconds{state="queued"}': 12.5,
    'backtest_queue_oldest_age_seconds{state="delayed"}': 0,
    'backtest_queue_oldest_age_seconds{state="running"}': 60,
    'backtest_queue_oldest_age_seconds{state="abandoned"}': 4,
    backtest_queue_attempts_max: 7,
    'backtest_database_sessions{application="backtest"}': 22,
    'backtest_database_sessions{application="other"}': 5,
    "backtest_database_sessions_max": 100,
  });
});

Deno.test("registerQueueMetrics() asks once in 5 s, however many scrape, and never unasked", async () => {
  const { clock, registry, looks } = world(() => Promise.resolve(overview));
  await clock.advance(60_000);
  assert.equal(looks(), 0);
  await Promise.all(Array.from({ length: 20 }, () => registry.metrics()));
  await clock.advance(4999);
  await registry.metrics();
  assert.equal(looks(), 1);
  await clock.advance(1);
  await registry.metrics();
  assert.equal(looks(), 2);
});

Deno.test("registerQueueMetrics() shows nothing rather than old figures while the database is away", async () => {
  let away = false;
  const { clock, registry, looks } = world(() =>
    away ? Promise.reject(new Error("away")) : Promise.resolve(overview)
  );
  assert.equal((await samples(registry)).size, 12);
  away = true;
  await clock.advance(5000);
  assert.equal((await samples(registry)).size, 0);
  assert.equal((await samples(registry)).size, 0);
  assert.equal(looks(), 2);
  away = false;
  await clock.advance(5000);
  assert.equal((await samples(registry)).size, 12);
});

Deno.test("registerQueueMetrics() looks again only when the look before has ended, however long it takes", async () => {
  const looked = Promise.withResolvers<QueueOverview>();
  const { clock, registry, looks } = world(() => looked.promise);
  const scrape = async () => {
    const shown = samples(registry);
    await clock.advance(10_000);
    return (await shown).size;
  };
  assert.deepEqual([await scrape(), await scrape(), await scrape(), looks()], [0, 0, 0, 1]);
  looked.resolve(overview);
  await clock.advance(10_000);
  assert.deepEqual([(await samples(registry)).size, looks()], [12, 2]);
});

Deno.test("registerQueueMetrics() lets a database that hangs delay a scrape by 2 s at most", async () => {
  const { clock, registry } = world(() => new Promise(() => {}));
  const scrape = samples(registry);
  await clock.advance(1999);
  assert.equal(clock.sleepers, 1);
  await clock.advance(1);
  assert.equal((await scrape).size, 0);
});
