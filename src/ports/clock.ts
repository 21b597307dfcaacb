/** Time, as something that can be replaced in tests. */
export interface Clock {
  /** Wall clock, epoch ms UTC. Never enters a result. */
  nowMs(): number;
  /** Monotonic ms since an arbitrary origin, for durations and cadences. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
