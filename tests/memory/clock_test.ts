import assert from "node:assert/strict";
import { manualClock } from "./clock.ts";

Deno.test("manualClock() stands still until it is advanced", async () => {
  const clock = manualClock(1000);
  assert.equal(clock.nowMs(), 1000);
  assert.equal(clock.monotonicMs(), 0);
  await clock.advance(250);
  assert.equal(clock.nowMs(), 1250);
  assert.equal(clock.monotonicMs(), 250);
});

Deno.test("manualClock().advance() wakes sleepers in the order of their times", async () => {
  const clock = manualClock();
  const woken: string[] = [];
  for (const [name, ms] of [["c", 30], ["a", 10], ["b", 10], ["d", 31]] as const) {
    clock.sleep(ms).then(() => woken.push(`${name}@${clock.nowMs()}`));
  }
  await clock.advance(30);
  assert.deepEqual(woken, ["a@10", "b@10", "c@30"]);
  assert.equal(clock.sleepers, 1);
});

Deno.test("manualClock().advance() wakes a loop as often as its interval fits", async () => {
  const clock = manualClock();
  const ticks: number[] = [];
  const controller = new AbortController();
  const loop = (async () => {
    while (!controller.signal.aborted) {
      await clock.sleep(100, controller.signal);
      ticks.push(clock.nowMs());
    }
  })();
  await clock.advance(350);
  assert.deepEqual(ticks, [100, 200, 300]);
  controller.abort();
  await loop;
  assert.equal(clock.sleepers, 0);
});

Deno.test("manualClock().sleep() resolves at once when there is nothing to wait for", async () => {
  const clock = manualClock();
  await clock.sleep(0);
  await clock.sleep(10, AbortSignal.abort());
  assert.equal(clock.sleepers, 0);
});
