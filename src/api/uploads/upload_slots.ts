import PQueue from "p-queue";
import { BacktestError } from "../../core/errors/mod.ts";
import { uploadsPerUserMax } from "../../core/limits/mod.ts";
import type { ApiDeps } from "../deps.ts";

/** Who uploads. */
export interface Uploader {
  readonly userId: string;
  /** Aborts when he has gone. */
  readonly client: AbortSignal;
}

/** What an upload under way is given. */
export interface UploadSlot {
  /** Aborts with an error to answer when the time is over, the client has gone or the process ends. */
  readonly signal: AbortSignal;
  /** Runs what reads rows: one upload at a time, as it takes memory and holds up all others of this process. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/** Bounds the uploads of one process. */
export interface UploadSlots {
  /** Rejects with `overloaded` when too many of the user's are under way. */
  run<T>(uploader: Uploader, work: (slot: UploadSlot) => Promise<T>): Promise<T>;
}

/** No upload is under way yet. */
export function createUploadSlots(
  { clock, config, stop }: Pick<ApiDeps, "clock" | "config" | "stop">,
): UploadSlots {
  const reading = new PQueue({ concurrency: 1 });
  const underWay = new Map<string, number>();
  const { seconds_max: secondsMax } = config.api.uploads;
  return {
    async run({ userId, client }, work) {
      const mine = underWay.get(userId) ?? 0;
      if (mine >= uploadsPerUserMax) throw overloaded(mine);
      underWay.set(userId, mine + 1);
      const reason = new AbortController();
      const done = new AbortController();
      const options = { once: true, signal: done.signal };
      const endWith = (error: BacktestError) => () => reason.abort(error);
      client.addEventListener("abort", endWith(gone()), options);
      stop.addEventListener("abort", endWith(ending()), options);
      if (client.aborted) reason.abort(gone());
      if (stop.aborted) reason.abort(ending());
      clock.sleep(secondsMax * 1000, done.signal).then(() => {
        if (!done.signal.aborted) reason.abort(late(secondsMax));
      });
      const { signal } = reason;
      try {
        const inTurn: UploadSlot["inTurn"] = (work) => reading.add(work, { signal });
        return await work({ signal, inTurn });
      } finally {
        done.abort();
        const left = underWay.get(userId)! - 1;
        if (left > 0) underWay.set(userId, left);
        else underWay.delete(userId);
      }
    },
  };
}

function overloaded(mine: number): BacktestError {
  return new BacktestError("overloaded", `Cannot take the upload: ${mine} of yours are under way`, {
    details: { retry_after_seconds: 5 },
  });
}

function gone(): BacktestError {
  return new BacktestError("request_timeout", "Cannot take the upload: it was given up by its sender");
}

function ending(): BacktestError {
  return new BacktestError(
    "shutting_down",
    "Cannot take the upload: this process is about to end; come back",
  );
}

function late(secondsMax: number): BacktestError {
  const message = `Cannot take the upload: it took longer than ${secondsMax} s to come and be read`;
  return new BacktestError("request_timeout", message, { details: { max_seconds: secondsMax } });
}
