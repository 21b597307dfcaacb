import { BacktestError } from "../../core/errors/mod.ts";
import type { Compute, ComputeSession, SweepInput } from "../../ports/compute.ts";
import { type HeldGuard, heldGuard } from "./held_guard.ts";
import { kernelModule } from "./kernel_module.ts";
import { PoolThread } from "./pool_thread.ts";
import { sessionInput } from "./session_input.ts";

/** How large a pool is and how it behaves. */
export interface PoolOptions {
  /** Web Workers, >= 1. */
  readonly threads: number;
  /** Bytes for cached masks per session and thread. */
  readonly maskBytesMax?: number;
  /** Starts a Web Worker; replaced in tests. */
  readonly spawn?: () => Worker;
  /** How long a call of an abandoned session may still take before its thread is replaced, in ms. */
  readonly graceMs?: number;
}

/** A pool, and the memory of all its threads' instances of the module. */
export interface ComputePool extends Compute {
  readonly memoryBytes: number;
}

/** The compute module in `threads` Web Workers, each with an instance of its own. They start with the first session. */
export function createPool(options: PoolOptions): ComputePool {
  return new Pool(options);
}

/** Most batches end within this time; see `batchTargetMs`. */
const usualGraceMs = 1000;

interface Turn {
  readonly session: number;
  readonly resolve: (thread: PoolThread) => void;
  readonly reject: (error: unknown) => void;
}

/** A session's number in its threads, and what tells that nobody wants its results any more. */
interface PoolSession {
  readonly session: number;
  readonly signal: AbortSignal | undefined;
}

class Pool implements ComputePool {
  readonly threads: number;
  readonly #maskBytesMax: number | undefined;
  readonly #graceMs: number;
  readonly #guard: HeldGuard;
  readonly #all: readonly PoolThread[];
  readonly #idle: PoolThread[];
  /** Calls that found no idle thread, first come, first served. */
  #turns: Turn[] = [];
  #sessions = 0;
  #closed = false;

  constructor({ threads, maskBytesMax, spawn = spawnWorker, graceMs = usualGraceMs }: PoolOptions) {
    const module = kernelModule();
    this.threads = threads;
    this.#maskBytesMax = maskBytesMax;
    this.#graceMs = graceMs;
    this.#guard = heldGuard(module, { threads, posted: true });
    this.#all = Array.from({ length: threads }, () => new PoolThread({ module, spawn }));
    this.#idle = [...this.#all];
  }

  get memoryBytes(): number {
    return this.#all.reduce((bytes, thread) => bytes + thread.memoryBytes, 0);
  }

  async open(sweep: SweepInput): Promise<ComputeSession> {
    if (this.#closed) throw closedError();
    const { signal } = sweep;
    signal?.throwIfAborted();
    const session = this.#sessions++;
    const abandoned = sharedFlag();
    const input = {
      ...sessionInput(sweep, this.#maskBytesMax),
      ...(abandoned ? { abandoned } : {}),
    };
    this.#guard(sweep, input);
    const abandon = () => {
      abandoned?.fill(1);
      this.#abandon(session, signal?.reason);
    };
    signal?.addEventListener("abort", abandon, { once: true });
    const close = async () => {
      await Promise.allSettled(this.#all.map((thread) => thread.close(session)));
      signal?.removeEventListener("abort", abandon);
    };
    const opened = await Promise.allSettled(this.#all.map((thread) => thread.open(session, input)));
    const failure = opened.find((result) => result.status === "rejected");
    if (failure !== undefined || signal?.aborted) {
      await close();
      throw signal?.aborted ? signal.reason : failure?.reason;
    }
    const run = <Answer>(task: (thread: PoolThread) => Promise<Answer>) =>
      this.#run({ session, signal }, task);
    return {
      scoreBase: (range, selection) =>
        run((thread) => thread.call({ kind: "score_base", session, range, selection })),
      scoreRisk: (bases, selection) =>
        run((thread) => thread.call({ kind: "score_risk", session, bases, selection })),
      replay: (variant) => run((thread) => thread.call({ kind: "replay", session, variant })),
      digestTrades: (variants) => run((thread) => thread.call({ kind: "digest_trades", session, variants })),
      report: (variant, wish) => run((thread) => thread.call({ kind: "report", session, variant, wish })),
      [Symbol.asyncDispose]: close,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const turn of this.#turns.splice(0)) turn.reject(closedError());
    for (const thread of this.#all) await Promise.resolve(thread[Symbol.dispose]());
  }

  async #run<Answer>(
    { session, signal }: PoolSession,
    task: (thread: PoolThread) => Promise<Answer>,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    const thread = await this.#acquire(session);
    try {
      signal?.throwIfAborted();
      return await task(thread);
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      const next = this.#turns.shift();
      if (next === undefined) this.#idle.push(thread);
      else next.resolve(thread);
    }
  }

  #acquire(session: number): Promise<PoolThread> {
    if (this.#closed) return Promise.reject(closedError());
    const thread = this.#idle.shift();
    if (thread !== undefined) return Promise.resolve(thread);
    return new Promise((resolve, reject) => this.#turns.push({ session, resolve, reject }));
  }

  /** Rejects the session's calls: those that wait for a thread at once, those in one when it does not end them soon. */
  #abandon(session: number, reason: unknown): void {
    const dropped = this.#turns.filter((turn) => turn.session === session);
    this.#turns = this.#turns.filter((turn) => turn.session !== session);
    for (const turn of dropped) turn.reject(reason);
    for (const thread of this.#all) thread.abandon(session, { reason, graceMs: this.#graceMs });
  }
}

/** Undefined where a page may not share memory; its threads are then replaced without being told first. */
function sharedFlag(): Int32Array | undefined {
  if (typeof SharedArrayBuffer === "undefined") return undefined;
  return new Int32Array(new SharedArrayBuffer(4));
}

function spawnWorker(): Worker {
  return new Worker(new URL("./pool_worker.ts", import.meta.url), { type: "module", name: "compute" });
}

function closedError(): BacktestError {
  return new BacktestError("backtest_job_runner_failed", "Cannot compute: the pool was closed");
}
