import PQueue from "p-queue";
import { BacktestError } from "../core/errors/mod.ts";
import { cancelledRun } from "../core/job/mod.ts";
import { syncRunsWaitingMax, syncRunsWaitingPerUserMax } from "../core/limits/mod.ts";
import type { ApiDeps } from "./deps.ts";
import { FairTurns, type TurnOptions } from "./fair_turns.ts";

type SyncQueue = PQueue<FairTurns, TurnOptions>;

/** Who wants a run. */
export interface RunCaller {
  readonly userId: string;
  /** Aborts when he has gone. */
  readonly client: AbortSignal;
}

/** Where runs wait for their turn, and what ends them early. */
export interface SyncRuns {
  /**
   * Runs `work` when its turn comes. The signal aborts with `deadline_exceeded`, `client_disconnected` or
   * `shutting_down`; who still waits then is refused as a cancelled run. Users have their turns one after the other. Rejects
   * with `overloaded` when too many wait, of this user or of all, and with `shutting_down` when the process was told to stop.
   */
  run<T>(caller: RunCaller, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** Bounds the synchronous runs of one process. */
export function createSyncRuns(
  { clock, config, metrics, stopping, stop }: Pick<
    ApiDeps,
    "clock" | "config" | "metrics" | "stopping" | "stop"
  >,
): SyncRuns {
  const queue: SyncQueue = new PQueue({ concurrency: config.api.sync_runs_max, queueClass: FairTurns });
  const deadlineMs = config.sync.sync_deadline_seconds * 1000;
  const tell = () => metrics.syncRuns({ active: queue.pending, waiting: queue.size });
  return {
    async run({ client, userId }, work) {
      if (stopping.aborted) throw ending();
      if (queue.size >= syncRunsWaitingMax) {
        throw overloaded(`${queue.size} synchronous runs are waiting already`, queue.size);
      }
      const mine = queue.sizeBy({ userId });
      if (mine >= syncRunsWaitingPerUserMax) throw overloaded(`${mine} of yours are waiting already`, mine);
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
        return await inTurn(queue, { signal: reason.signal, userId, work, tell });
      } finally {
        done.abort();
        tell();
      }
    },
  };
}

interface Turn<T> {
  readonly userId: string;
  readonly signal: AbortSignal;
  readonly work: (signal: AbortSignal) => Promise<T>;
  readonly tell: () => void;
}

/** The queue forgets work whose signal aborts; one that has begun must be waited for, as it still computes. */
async function inTurn<T>(queue: SyncQueue, { signal, userId, work, tell }: Turn<T>): Promise<T> {
  const waiting = new AbortController();
  const begun = new AbortController();
  const giveUp = () => waiting.abort(cancelledRun(String(signal.reason), "stage_a"));
  signal.addEventListener("abort", giveUp, { once: true, signal: begun.signal });
  if (signal.aborted) giveUp();
  const result = queue.add(async () => {
    begun.abort();
    tell();
    return await work(signal);
  }, { signal: waiting.signal, userId });
  tell();
  return await result;
}

function ending(): BacktestError {
  const message = "Cannot start a backtest: this process is about to end; come back";
  return new BacktestError("shutting_down", message, {
    details: { reason: "shutting_down", stage: "stage_a" },
  });
}

function overloaded(why: string, waiting: number): BacktestError {
  return new BacktestError(
    "overloaded",
    `Cannot start a backtest: ${why}; use POST /backtests/jobs or come back`,
    { details: { retry_after_seconds: 5, waiting } },
  );
}
