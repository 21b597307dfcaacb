import assert from "node:assert/strict";
import { systemClock } from "./clock.ts";

Deno.test("systemClock() tells both times", () => {
  const clock = systemClock();
  const before = clock.monotonicMs();
  assert.ok(Math.abs(clock.nowMs() - Date.now()) < 10_000);
  assert.ok(clock.monotonicMs() >= before);
});

Deno.test("systemClock().sleep() resolves after its time", async () => {
  const clock = systemClock();
  const startMs = clock.monotonicMs();
  await clock.sleep(5);
  assert.ok(clock.monotonicMs() - startMs >= 4);
});

// the sanitizers of this test find a timer that is left behind
Deno.test({
  name: "systemClock().sleep() resolves at once when its signal aborts",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    const clock = systemClock();
    const controller = new AbortController();
    const asleep = clock.sleep(1e12, controller.signal);
    controller.abort();
    await asleep;
    await clock.sleep(1e12, controller.signal);
  },
});
