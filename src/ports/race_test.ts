import assert from "node:assert/strict";
import { manualClock } from "../../tests/memory/clock.ts";
import { race } from "./race.ts";

function counted(signal: AbortSignal) {
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  signal.addEventListener = ((type: string, listener: () => void, options: { signal?: AbortSignal }) => {
    listeners++;
    options.signal!.addEventListener("abort", () => listeners--);
    add(type as "abort", listener, options);
  }) as typeof signal.addEventListener;
  return () => listeners;
}

Deno.test("race() returns the work's result and leaves neither timer nor listener", async () => {
  const [clock, stop] = [manualClock(), new AbortController()];
  const listeners = counted(stop.signal);
  const work = Promise.withResolvers<string>();
  let over: AbortSignal | undefined;
  const raced = race((signal) => (over = signal, work.promise), {
    deadline: { clock, ms: 100, late: () => "late" },
    abort: { signal: stop.signal, aborted: () => "aborted" },
  });
  assert.deepEqual([clock.sleepers, listeners(), over!.aborted], [1, 1, false]);
  work.resolve("done");
  assert.equal(await raced, "done");
  assert.deepEqual([clock.sleepers, listeners(), over!.aborted], [0, 0, true]);
});

Deno.test("race() makes something else after the deadline or at the signal, whichever comes first, once", async () => {
  for (const first of ["late", "aborted"] as const) {
    const [clock, stop] = [manualClock(), new AbortController()];
    const made: string[] = [];
    const instead = (what: string) => () => (made.push(what), what);
    const work = Promise.withResolvers<string>();
    const raced = race(() => work.promise, {
      deadline: { clock, ms: 100, late: instead("late") },
      abort: { signal: stop.signal, aborted: instead("aborted") },
    });
    if (first === "late") await clock.advance(100);
    else stop.abort();
    assert.equal(await raced, first);
    stop.abort();
    await clock.advance(100);
    work.reject(new Error("what comes later is of no interest"));
    await clock.advance(1);
    assert.deepEqual([made, clock.sleepers], [[first], 0]);
  }
});

Deno.test("race() rejects with what the work, the deadline or the signal throws", async () => {
  const clock = manualClock();
  const fail = (message: string) => () => {
    throw new Error(message);
  };
  const never = () => new Promise<never>(() => {});
  await assert.rejects(race(fail("at once"), { deadline: { clock, ms: 5, late() {} } }), /at once/);
  assert.equal(clock.sleepers, 0);
  const late = race(never, { deadline: { clock, ms: 5, late: fail("too late") } });
  await Promise.all([assert.rejects(late, /too late/), clock.advance(5)]);
  const aborted = AbortSignal.abort();
  await assert.rejects(race(never, { abort: { signal: aborted, aborted: fail("before") } }), /before/);
});
