import assert from "node:assert/strict";
import { until } from "../../tests/helpers/until.ts";
import { type ManualClock, manualClock } from "../../tests/memory/clock.ts";
import { BacktestError } from "../core/errors/mod.ts";
import type { LeaseStatus } from "../ports/job_queue.ts";
import { Heartbeat } from "./heartbeat.ts";

const alive: LeaseStatus = { cancelRequestedAtMs: null, leaseExpiresAtMs: 0 };
const lost = { name: "StopJob", reason: "lease_lost" };

type Beat = () => Promise<LeaseStatus | null>;

/** A heartbeat every 15 s for a lease of 60 s, answered by `beat`; the jitter is always a half. */
async function withHeartbeat(
  beat: (clock: ManualClock) => Beat,
  work: (
    parts: { clock: ManualClock; heartbeat: Heartbeat; sentMs: number[]; failures: number[] },
  ) => Promise<void>,
  { claimTookMs = 0 }: { readonly claimTookMs?: number } = {},
): Promise<void> {
  const clock = manualClock();
  await clock.advance(claimTookMs);
  const sentMs: number[] = [];
  const failures: number[] = [];
  const answer = beat(clock);
  const extend = () => {
    sentMs.push(clock.monotonicMs());
    return answer();
  };
  const options = { extend, clock, leaseSeconds: 60, heartbeatSeconds: 15, random: () => 0.5 };
  {
    await using heartbeat = new Heartbeat(
      { ...options, onFailure: (_error, inARow) => void failures.push(inARow) },
      0,
    );
    await work({ clock, heartbeat, sentMs, failures });
  }
  assert.equal(clock.sleepers, 0);
}

const down: Beat = () => Promise.reject(new BacktestError("storage_unavailable", "down"));
const hangs: Beat = () => new Promise(() => {});

Deno.test("Heartbeat beats at its interval for as long as it is answered", async () => {
  await withHeartbeat(() => () => Promise.resolve(alive), async ({ clock, heartbeat, sentMs }) => {
    await clock.advance(300_000);
    assert.equal(sentMs.length, 20);
    heartbeat.assertAlive();
  });
});

Deno.test("Heartbeat beats sooner after one that failed, and at its interval again when one is answered", async () => {
  const answers = (clock: ManualClock): Beat => () =>
    clock.monotonicMs() < 17_000 ? down() : Promise.resolve(alive);
  await withHeartbeat(answers, async ({ clock, sentMs, failures }) => {
    await clock.advance(50_000);
    assert.deepEqual(sentMs, [15_000, 15_125, 15_375, 15_875, 16_875, 17_875, 32_875, 47_875]);
    assert.deepEqual(failures, [1, 2, 3, 4, 5]);
  });
});

for (const [name, beat] of [["fail", down], ["hang", hangs]] as const) {
  Deno.test(`Heartbeat gives the lease up in its last moment when all heartbeats ${name}`, async () => {
    await withHeartbeat(() => beat, async ({ clock, heartbeat }) => {
      const waiting = heartbeat.whileAlive(new Promise(() => {}));
      const refused = assert.rejects(waiting, lost);
      await clock.advance(59_999);
      heartbeat.assertAlive();
      assert.equal(heartbeat.lost.aborted, false);
      await clock.advance(1);
      assert.equal(heartbeat.lost.aborted, true);
      await refused;
      assert.throws(() => heartbeat.assertAlive(), lost);
    });
  });
}

Deno.test("Heartbeat counts the lease from when the answered heartbeat was sent", async () => {
  const slow = (clock: ManualClock): Beat => async () => {
    await clock.sleep(10_000);
    return alive;
  };
  let first = true;
  const onceSlow = (clock: ManualClock): Beat => () => {
    if (!first) return hangs();
    first = false;
    return slow(clock)();
  };
  await withHeartbeat(onceSlow, async ({ clock, heartbeat }) => {
    // sent at 15 s, answered at 25 s: good until 75 s
    await clock.advance(74_999);
    heartbeat.assertAlive();
    await clock.advance(1);
    assert.throws(() => heartbeat.assertAlive(), lost);
  });
});

Deno.test("13 Heartbeat beats at once after a claim whose answer has used the lease up", async () => {
  await withHeartbeat(() => () => Promise.resolve(alive), async ({ clock, heartbeat, sentMs }) => {
    // the timer for the next one, and the end of the lease
    await until(() => sentMs.length === 1 && clock.sleepers === 2);
    await clock.advance(30_000);
    assert.deepEqual(sentMs, [50_000, 65_000, 80_000]);
    heartbeat.assertAlive();
  }, { claimTookMs: 50_000 });
});

Deno.test("13 a lease that a late claim leaves no time for is lost for want of an answer, not by standing still", async () => {
  await withHeartbeat(() => hangs, async ({ clock, heartbeat }) => {
    await until(() => clock.sleepers === 1);
    await clock.advance(1);
    assert.equal(heartbeat.lost.aborted, true);
    assert.equal(heartbeat.cutOff, true);
  }, { claimTookMs: 59_999 });
});

Deno.test("Heartbeat is lost at once when the database says so", async () => {
  await withHeartbeat(() => () => Promise.resolve(null), async ({ clock, heartbeat }) => {
    await clock.advance(15_000);
    assert.equal(heartbeat.lost.aborted, true);
    await assert.rejects(heartbeat.beatIfDue(), lost);
  });
});

Deno.test("13 Heartbeat.beatIfDue() sends one when the last is as old as the interval, and none before", async () => {
  await withHeartbeat(() => () => Promise.resolve(alive), async ({ clock, heartbeat, sentMs }) => {
    await heartbeat.beatIfDue();
    await clock.advance(14_999);
    await heartbeat.beatIfDue();
    assert.deepEqual(sentMs, []);
    await clock.advance(1);
    await heartbeat.beatIfDue();
    await clock.advance(14_999);
    await heartbeat.beatIfDue();
    assert.deepEqual(sentMs, [15_000]);
  });
});

Deno.test("Heartbeat hands on that a cancel is requested", async () => {
  await withHeartbeat(
    () => () => Promise.resolve({ ...alive, cancelRequestedAtMs: 1 }),
    async ({ clock, heartbeat }) => {
      await clock.advance(14_999);
      assert.equal(heartbeat.cancelSeen.aborted, false);
      await clock.advance(1);
      assert.equal(heartbeat.cancelSeen.aborted, true);
      heartbeat.assertAlive();
    },
  );
});

Deno.test("Heartbeat.settle() waits for the heartbeat under way and sends no other; the lease still runs out", async () => {
  const answer = Promise.withResolvers<LeaseStatus>();
  await withHeartbeat(() => () => answer.promise, async ({ clock, heartbeat, sentMs }) => {
    await clock.advance(15_000);
    let isSettled = false;
    const settled = heartbeat.settle().finally(() => isSettled = true);
    await clock.advance(14_000);
    assert.equal(isSettled, false, "settled with a heartbeat under way");
    answer.resolve(alive);
    await settled;
    await clock.advance(45_999);
    heartbeat.assertAlive();
    assert.deepEqual(sentMs, [15_000]);
    await clock.advance(1);
    assert.throws(() => heartbeat.assertAlive(), lost);
  });
});

Deno.test("Heartbeat can be disposed of while a heartbeat hangs", async () => {
  await withHeartbeat(() => hangs, ({ clock }) => clock.advance(20_000));
});

for (const [name, beat] of [["fail", down], ["hang", hangs]] as const) {
  Deno.test(`13 Heartbeat.cutOff tells heartbeats that ${name} from a worker that stands still`, async () => {
    await withHeartbeat(() => beat, async ({ clock, heartbeat, sentMs }) => {
      assert.equal(heartbeat.cutOff, false, "nothing was sent");
      await clock.advance(60_000);
      assert.equal(heartbeat.lost.aborted, true);
      assert.equal(heartbeat.cutOff, true);
      // nothing is sent any more: from here on it is as if the worker stood still
      await clock.advance(sentMs.at(-1)! + 60_000 - clock.monotonicMs());
      assert.equal(heartbeat.cutOff, true);
      await clock.advance(1);
      assert.equal(heartbeat.cutOff, false);
    });
  });
}

Deno.test("13 Heartbeat.cutOff is false again once a heartbeat is answered", async () => {
  const answers = (clock: ManualClock): Beat => () =>
    clock.monotonicMs() < 15_100 ? down() : Promise.resolve(alive);
  await withHeartbeat(answers, async ({ clock, heartbeat }) => {
    await clock.advance(15_000);
    assert.equal(heartbeat.cutOff, true);
    await clock.advance(200);
    assert.equal(heartbeat.cutOff, false);
  });
});
