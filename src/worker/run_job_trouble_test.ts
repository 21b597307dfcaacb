import assert from "node:assert/strict";
import { until } from "../../tests/helpers/until.ts";
import {
  candleSource,
  type Harness,
  harness,
  requestBody,
  userId,
} from "../../tests/helpers/worker_harness.ts";
import { BacktestError } from "../core/errors/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";

const down = () => Promise.reject(new BacktestError("storage_unavailable", "down"));
const never = () => new Promise<never>(() => {});
const unreachable: CandleSource = {
  load: () => Promise.reject(new BacktestError("market_data_unavailable", "no answer")),
};

/** Moves the clock on until the run has ended. */
async function ended<T>(worker: Harness, running: Promise<T>): Promise<T> {
  let over = false;
  running.finally(() => over = true);
  for (let n = 0; !over && n < 2000; n++) await worker.clock.advance(250);
  return await running;
}

const methods = ({ writes }: Harness) => writes.map(({ method }) => method);

Deno.test("S004-13 S004-14 S004-18 an upstream failure puts the job back for a later retry, and into the log", async () => {
  const worker = harness({ candles: unreachable });
  const { jobId } = await worker.submit();
  for (const [retries, delayMs] of [[1, 1000], [2, 2000]] as const) {
    assert.equal(await worker.runNext(), "retried");
    const job = (await worker.jobs.get(jobId))!;
    // half of 2 and 4 s, as the jitter is always a half here
    assert.deepEqual([job.state, job.retries, job.lastError], ["queued", retries, null]);
    assert.equal(job.notBeforeMs! - worker.clock.nowMs(), delayMs);
    await worker.clock.advance(delayMs);
  }
  assert.equal(await worker.runNext(), "failed");
  const job = (await worker.jobs.get(jobId))!;
  assert.deepEqual([job.attempt, job.retries, job.lastError], [3, 2, "no answer"]);
  assert.equal(job.lastErrorJson?.details.error_class, "UpstreamError");
  const lines = worker.log.lines.filter(({ event }) => event === "job_retry");
  assert.deepEqual(lines.map(({ fields }) => [fields.retries, fields.delay_ms]), [[1, 1000], [2, 2000]]);
  assert.deepEqual(lines.map(({ fields }) => [fields.job_id, fields.attempt]), [[jobId, 1], [jobId, 2]]);
  // the third failure spent no retry: there was none left
  assert.deepEqual(worker.metrics.putOff, ["market_data_unavailable", "market_data_unavailable"]);
});

Deno.test("S004-14 a request that cannot be run, and a bug, fail at once", async () => {
  const bad = harness({ settings: { guards: { maxVariants: 1, maxVariantsExhaustive: 1, maxBytes: 1 } } });
  const bug = harness({
    score: () => {
      throw new RangeError("bug");
    },
  });
  for (const [worker, errorClass] of [[bad, "ParamInvalid"], [bug, "InternalError"]] as const) {
    const { jobId } = await worker.submit();
    assert.equal(await worker.runNext(), "failed");
    const { retries, lastErrorJson } = (await worker.jobs.get(jobId))!;
    assert.deepEqual([retries, lastErrorJson?.details.error_class], [0, errorClass]);
  }
});

Deno.test("a cancel that comes with an upstream failure ends the job as cancelled", async () => {
  const worker = harness({
    candles: {
      async load() {
        await worker.jobs.cancel({ jobId, userId });
        throw new BacktestError("market_data_unavailable", "no answer");
      },
    },
  });
  const { jobId } = await worker.submit();
  assert.equal(await worker.runNext(), "cancelled");
  assert.equal((await worker.jobs.get(jobId))?.state, "cancelled");
});

Deno.test("a job from a newer version fails cleanly, naming what is unknown", async () => {
  const { time_range, template, ...numbers } = requestBody();
  const newer = [
    [{ time_range, template, ...numbers, leverage: 2 }, /^Cannot run a stored request: leverage is unknown/],
    [
      { time_range, template: { ...template as object, hedge: {} }, ...numbers },
      /template\.hedge is unknown/,
    ],
    [{ time_range, template, top_k: "all" }, /^Cannot read a stored request: template\.\w+ must be/],
    [{ time_range, template: 7 }, /template must be an object, got 7/],
  ] as const;
  for (const [requestJson, expected] of newer) {
    const worker = harness();
    const made = await worker.submit();
    await worker.jobs.cancel({ jobId: made.jobId, userId });
    const jobId = "00000000-0000-4000-8000-00000000000f";
    await worker.jobs.create({ ...made, jobId, requestJson }, { maxActive: 9 });
    assert.equal(await worker.runNext(), "failed");
    const { lastError, lastErrorJson } = (await worker.jobs.get(jobId))!;
    assert.match(lastError ?? "", expected);
    assert.equal(lastErrorJson?.details.error_class, "ParamInvalid");
  }
});

Deno.test("S001-23 S003-16 a cancel ends a load that would take for ever, at the hint, and frees its slot", async () => {
  const worker = harness({ candles: { load: never } });
  const { jobId } = await worker.submit();
  const running = worker.runNext();
  await until(() => worker.clock.sleepers === 4);
  await worker.jobs.cancel({ jobId, userId });
  assert.equal(await running, "cancelled");
  assert.equal(worker.clock.sleepers, 0);
  const { state, stage, processedUnits } = (await worker.jobs.get(jobId))!;
  assert.deepEqual([state, stage, processedUnits], ["cancelled", "stage_a", 0]);
  assert.equal(await worker.jobs.countActiveForUser(userId), 0);
});

Deno.test("13 a cancel is not lost with its hint: it is seen within two seconds", async () => {
  const worker = harness({
    candles: { load: never },
    sabotage: () => ({ wakeups: { subscribe: () => ({ [Symbol.dispose]() {} }) } }),
  });
  const { jobId } = await worker.submit();
  const running = worker.runNext();
  await until(() => worker.clock.sleepers === 4);
  await worker.jobs.cancel({ jobId, userId });
  await worker.clock.advance(2000);
  assert.equal(await running, "cancelled");
});

Deno.test("a hint without a cancel behind it does not disturb the load", async () => {
  const loaded = Promise.withResolvers<Awaited<ReturnType<CandleSource["load"]>>>();
  const worker = harness({
    candles: { load: () => loaded.promise },
    sabotage: () => ({
      wakeups: {
        subscribe(listener) {
          listener.cancelRequested(jobId);
          listener.cancelRequested("another job");
          return { [Symbol.dispose]() {} };
        },
      },
    }),
  });
  const { jobId } = await worker.submit();
  const running = worker.runNext();
  loaded.resolve(
    await candleSource.load({ instrument: { market_id: 1, symbol: "X" }, range: { startMs: 0, endMs: 1 } }),
  );
  assert.equal(await running, "succeeded");
});

Deno.test("a stopping worker does not wait for a load that hangs", async () => {
  const stop = new AbortController();
  const worker = harness({ candles: { load: never } });
  const { jobId } = await worker.submit();
  const running = worker.runNext({ stop: stop.signal });
  await until(() => worker.clock.sleepers === 4);
  stop.abort();
  assert.equal(await running, "released");
  const { state, retries } = (await worker.jobs.get(jobId))!;
  assert.deepEqual([state, retries], ["queued", 0]);
});

Deno.test("a load that takes too long is an upstream failure", async () => {
  const worker = harness({ candles: { load: never }, settings: { loadTimeoutSeconds: 30 } });
  await worker.submit();
  assert.equal(await ended(worker, worker.runNext()), "retried");
  const [line] = worker.log.lines.filter(({ event }) => event === "job_retry");
  assert.equal(
    (line!.fields.error as Error).message,
    'Cannot load candles of market 1 symbol "BTCUSDT": no answer within 30 s',
  );
});

for (const method of ["check", "updateProgress", "finish", "succeed", "release"] as const) {
  Deno.test(`S003-26 a database that is gone for a while does not cost the job its lease: ${method}()`, async () => {
    let failures = 3;
    const stop = new AbortController();
    const worker = harness({
      batchUnits: 1,
      score: (base) => {
        if (method === "finish") throw new Error("bug");
        if (method === "release") stop.abort();
        return base;
      },
      sabotage: ({ queue }) => ({
        queue: {
          ...queue,
          [method]: (...args: unknown[]) =>
            failures-- > 0 ? down() : (queue[method] as (...args: unknown[]) => unknown)(...args),
        },
      }),
    });
    const { jobId } = await worker.submit();
    const outcome = await ended(worker, worker.runNext({ stop: stop.signal }));
    assert.equal(outcome, { finish: "failed", release: "released" }[method as string] ?? "succeeded");
    assert.equal((await worker.jobs.get(jobId))?.attempt, 1);
    assert.equal(worker.log.lines.filter(({ event }) => event === "storage_retry").length, 3);
  });
}

for (const answer of [down, never]) {
  Deno.test(`a database that does not come back (${answer.name}) makes the worker abandon the job, writing nothing`, async () => {
    let gone = false;
    const worker = harness({
      batchUnits: 1,
      before: (call) => {
        if (call.kind === "risk") gone = true;
      },
      sabotage: ({ queue, results }) => ({
        queue: whileUp(queue),
        results: whileUp(results),
      }),
    });
    function whileUp<T extends object>(port: T): T {
      return new Proxy(port, {
        get: (target, name) => (...args: unknown[]) =>
          gone
            ? answer()
            : (Reflect.get(target, name) as (...args: unknown[]) => unknown).apply(target, args),
      });
    }
    const { jobId } = await worker.submit();
    const before = worker.clock.nowMs();
    const running = worker.runNext();
    await until(() => gone);
    assert.equal(await ended(worker, running), "lease_lost");
    const lostAfterMs = worker.clock.nowMs() - before;
    assert.ok(lostAfterMs >= 60_000 && lostAfterMs < 61_000, `${lostAfterMs}`);
    const job = (await worker.jobs.get(jobId))!;
    assert.deepEqual([job.state, job.attempt], ["running", 1]);
    assert.ok(!methods(worker).some((method) => ["finish", "succeed", "release", "retry"].includes(method)));
  });
}

Deno.test("13 a write that is never answered is given up after a lease's time, though heartbeats go through", async () => {
  const worker = harness({
    sabotage: ({ queue }) => ({ queue: { ...queue, updateProgress: never } }),
  });
  await worker.clock.advance(100_000);
  const { jobId } = await worker.submit();
  const running = worker.runNext();
  await until(() => methods(worker).includes("updateProgress"));
  await worker.clock.advance(59_999);
  assert.ok(!methods(worker).includes("release"));
  await worker.clock.advance(1);
  assert.equal(await running, "released");
  const { state, retries } = (await worker.jobs.get(jobId))!;
  assert.deepEqual([state, retries], ["queued", 0]);
  assert.equal(methods(worker).filter((method) => method === "updateProgress").length, 1);
  const [line] = worker.log.lines.filter(({ event }) => event === "job_put_off");
  assert.equal(
    (line!.fields.error as Error).message,
    `Cannot progress job "${jobId}": no answer within 60 s`,
  );
});

Deno.test("a result whose stored reply is lost counts as succeeded", async () => {
  let sent = 0;
  const worker = harness({
    sabotage: ({ queue }) => ({
      queue: {
        ...queue,
        async succeed(...args) {
          const job = await queue.succeed(...args);
          return sent++ === 0 ? await down() as never : job;
        },
      },
    }),
  });
  const { jobId } = await worker.submit();
  assert.equal(await ended(worker, worker.runNext()), "succeeded");
  assert.equal(sent, 2);
  assert.equal((await worker.jobs.get(jobId))?.state, "succeeded");
});

Deno.test("a result that a later attempt has stored does not count as succeeded", async () => {
  const worker = harness({
    sabotage: ({ queue }) => ({
      queue: { ...queue, succeed: () => Promise.resolve(null), getState: () => Promise.resolve(null) },
    }),
  });
  await worker.submit();
  assert.equal(await worker.runNext(), "lease_lost");
});

for (const sqlstate of [null, "08006", "53100", "53300", "57P03", "25006"]) {
  Deno.test(`13 a write that an outage keeps from being made (${sqlstate}) puts the job off, and no attempt counts`, async () => {
    const details = sqlstate === null ? {} : { sqlstate };
    const worker = harness({
      sabotage: ({ queue }) => ({
        queue: {
          ...queue,
          updateProgress: () => Promise.reject(new BacktestError("storage_unavailable", "down", { details })),
        },
      }),
    });
    const { jobId } = await worker.submit();
    assert.equal(await ended(worker, worker.runNext()), "released");
    const { state, retries, notBeforeMs } = (await worker.jobs.get(jobId))!;
    assert.deepEqual([state, retries], ["queued", 0]);
    assert.ok(notBeforeMs! > 0);
    assert.deepEqual(worker.metrics.putOff, []);
  });
}

Deno.test("a write that only this job's make the database refuse for a time spends an attempt", async () => {
  const worker = harness({
    sabotage: ({ queue }) => ({
      queue: {
        ...queue,
        updateProgress: () =>
          Promise.reject(
            new BacktestError("storage_unavailable", "too slow", { details: { sqlstate: "57014" } }),
          ),
      },
    }),
  });
  const { jobId } = await worker.submit();
  assert.equal(await ended(worker, worker.runNext()), "retried");
  assert.equal((await worker.jobs.get(jobId))?.retries, 1);
});

Deno.test("a statement that the database rejects is not sent again and again", async () => {
  let sent = 0;
  const worker = harness({
    sabotage: ({ queue }) => ({
      queue: {
        ...queue,
        succeed: () => {
          sent++;
          return Promise.reject(
            new BacktestError("storage_unavailable", "check violated", { details: { sqlstate: "23514" } }),
          );
        },
      },
    }),
  });
  await worker.submit();
  assert.equal(await worker.runNext(), "retried");
  assert.equal(sent, 1);
});

Deno.test("a heartbeat that finds the lease lost at the very end keeps the result from being written", async () => {
  const worker = harness({
    batchUnits: 1,
    settings: { heartbeatSeconds: 1 },
    sabotage: ({ queue }) => ({
      queue: {
        ...queue,
        heartbeat: () => new Promise<null>((resolve) => setTimeout(() => resolve(null), 5)),
      },
    }),
    before: (call) => {
      // the timer sends it; no boundary comes before the end
      if (call.kind === "replay") void worker.clock.advance(1000);
    },
  });
  await worker.submit({ top_k: 1, top_trades_n: 1 });
  assert.equal(await worker.runNext(), "lease_lost");
  assert.ok(!methods(worker).includes("succeed"));
  assert.deepEqual(worker.metrics.refused, ["heartbeat"]);
});
