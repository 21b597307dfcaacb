import assert from "node:assert/strict";
import { manualClock } from "../../tests/memory/clock.ts";
import type { WakeupListener } from "../ports/job_wakeups.ts";
import { Doorbell, type DoorbellOptions } from "./doorbell.ts";

function door(options: Partial<DoorbellOptions> = {}) {
  const clock = manualClock();
  let listener!: WakeupListener;
  const wakeups = {
    subscribe(told: WakeupListener) {
      listener = told;
      return { [Symbol.dispose]() {} };
    },
  };
  const bell = new Doorbell({ wakeups, clock, ...options });
  return { clock, bell, hint: () => listener };
}

const never = new AbortController().signal;
const cold = { isWarm: () => false, coldDelayMs: () => 400 };

Deno.test("a hint at a task wakes at once who has its candles, and who has not after a while", async () => {
  const warm = door({ isWarm: () => true, coldDelayMs: () => 400 });
  warm.hint().taskQueued!();
  assert.equal(await warm.bell.wait(1000, never), true);

  const world = door(cold);
  let rung: boolean | null = null;
  const waiting = world.bell.wait(1000, never).then((told) => void (rung = told));
  // many hints are one answer
  for (let i = 0; i < 5; i++) world.hint().taskQueued!();
  assert.equal(world.clock.sleepers, 2);
  await world.clock.advance(399);
  assert.equal(rung, null);
  await world.clock.advance(1);
  await waiting;
  assert.equal(rung, true);
});

Deno.test("a hint at a job is answered at once by everybody, and hints at tasks by nobody who takes none", async () => {
  const busy = door(cold);
  busy.hint().taskQueued!();
  busy.hint().queued();
  assert.equal(await busy.bell.wait(1000, never), true);
  const whole = door();
  whole.hint().taskQueued!();
  assert.equal(whole.clock.sleepers, 0);
});

Deno.test("a doorbell that is taken down wakes nobody any more", async () => {
  const { bell, clock, hint } = door(cold);
  hint().taskQueued!();
  bell[Symbol.dispose]();
  await clock.advance(1000);
  assert.equal(clock.sleepers, 0);
});
