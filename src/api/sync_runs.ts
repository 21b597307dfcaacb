import PQueue from "p-queue";
import { BacktestError } from "../core/errors.ts";
import { syncRunsWaitingMax } from "../core/limits.ts";
import { cancelledRun } from "../core/cancelled_run.ts";
import type { ApiDeps } from "./deps.ts";

/** Where runs wait for their turn, and what ends them early. */
export interface SyncRuns {
  /**
   * Runs `work` when its turn comes. The signal aborts with `deadline_exceeded`, `client_disconnected` or
   * `shutting_down`; who still waits then is refused as a cancelled run. Rejects with `overloaded` when too many wait, or
   * the process was told to stop.
   */
  run<T>(client: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** Bounds the synchronous runs of one process. */
export function createSyncRuns(
  { clock, config, metrics, stopping, stop }: Pick<
    ApiDeps,
    "clock" | "config" | "metrics" | "stopping" | "stop"
  >,
): SyncRuns {
  const queue = new PQueue({ concurrency: config.api.syncRunsMax });
  const deadlineMs = config.sync.deadlineSeconds * 1000;
  const tell = () => metrics.syncRuns({ active: queue.pending, waiting: queue.size });
  return {
    async run(client, work) {
      if (stopping.aborted) throw ending();
      if (queue.size >= syncRunsWaitingMax) throw overloaded(queue.size);
      const reason = new AbortController();
      const done = new AbortController();
      const endWith = (text: string) => () => reason.abort(text);
      const options = { once: true, signal: done.signal };
      client.addEventListener("abort", endWith("client_disconnected"), options);
      stop.addEventListener("abort", endWith("shutting_down"), options);
      if (client.aborted) reason.abort("client_disconnected");
      if (stop.aborted) reason.abort("shutting_down");
      clock.sleep(deadlineMs, done.signal).then(() =>
        done.signal.aborted || reason.abort("deadline_exceeded")
      );
      try {
        return await inTurn(queue, { signal: reason.signal, work, tell });
      } finally {
        done.abort();
        tell();
      }
    },
  };
}

interface Turn<T> {
  readonly signal: AbortSignal;
  readonly work: (signal: AbortSignal) => Promise<T>;
  readonly tell: () => void;
}

/** The queue forgets work whose signal aborts; one that has begun must be waited for, as it still computes. */
async function inTurn<T>(queue: PQueue, { signal, work, tell }: Turn<T>): Promise<T> {
  const waiting = new AbortController();
  const begun = new AbortController();
  const giveUp = () => waiting.abort(cancelledRun(String(signal.reason), "stage_a"));
  signal.addEventListener("abort", giveUp, { once: true, signal: begun.signal });
  if (signal.aborted) giveUp();
  const result = queue.add(async () => {
    begun.abort();
    tell();
    return await work(signal);
  }, { signal: waiting.signal });
  tell();
  return await result;
}

function ending(): BacktestError {
  const message = "Cannot start a backtest: this process is about to end; come back";
  return new BacktestError("overloaded", message, { details: { retry_after_seconds: 5 } });
}

function overloaded(waiting: number): BacktestError {
  return new BacktestError(
    "overloaded",
    `Cannot start a backtest: ${waiting} synchronous runs are waiting already; use POST /backtests/jobs or come back`,
    { details: { retry_after_seconds: 5, waiting } },
  );
}
