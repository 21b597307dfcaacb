import { setImmediate } from "node:timers";
import type { Clock } from "../../src/ports/clock.ts";

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /**
   * Moves both clocks by `ms` and wakes, in the order of their times, the sleepers whose time comes. After each of them
   * the others get a turn, so a loop that sleeps again is woken as often as its interval fits.
   */
  advance(ms: number): Promise<void>;
  /** How many sleep now. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** A manual clock whose wall clock starts at `startMs`, its monotonic clock at 0. */
export function manualClock(startMs = 0): ManualClock {
  let elapsedMs = 0;
  const sleepers = new Set<Sleeper>();

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => {
      sleepers.delete(sleeper);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const sleeper: Sleeper = { dueMs: elapsedMs + ms, wake };
    sleepers.add(sleeper);
    signal?.addEventListener("abort", wake);
    return promise;
  }

  async function advance(ms: number): Promise<void> {
    const untilMs = elapsedMs + ms;
    for (let next = earliest(sleepers); next && next.dueMs <= untilMs; next = earliest(sleepers)) {
      elapsedMs = next.dueMs;
      next.wake();
      await macrotask();
    }
    elapsedMs = untilMs;
  }

  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep,
    advance,
    get sleepers() {
      return sleepers.size;
    },
  };
}

// among equals the first to fall asleep, which is the first in the set
function earliest(sleepers: ReadonlySet<Sleeper>): Sleeper | undefined {
  let first: Sleeper | undefined;
  for (const sleeper of sleepers) if (!first || sleeper.dueMs < first.dueMs) first = sleeper;
  return first;
}

// by then every promise that the woken one settled has been followed up
function macrotask(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
