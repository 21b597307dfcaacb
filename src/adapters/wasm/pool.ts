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
}

/** A pool, and the memory of all its threads' instances of the module. */
export interface ComputePool extends Compute {
  readonly memoryBytes: number;
}

/** The compute module in `threads` Web Workers, each with an instance of its own. They start with the first session. */
export function createPool(options: PoolOptions): ComputePool {
  return new Pool(options);
}

interface Turn {
  readonly resolve: (thread: PoolThread) => void;
  readonly reject: (error: BacktestError) => void;
}

class Pool implements ComputePool {
  readonly threads: number;
  readonly #maskBytesMax: number | undefined;
  readonly #guard: HeldGuard;
  readonly #all: readonly PoolThread[];
  readonly #idle: PoolThread[];
  /** Calls that found no idle thread, first come, first served. */
  readonly #turns: Turn[] = [];
  #sessions = 0;
  #closed = false;

  constructor({ threads, maskBytesMax, spawn = spawnWorker }: PoolOptions) {
    const module = kernelModule();
    this.threads = threads;
    this.#maskBytesMax = maskBytesMax;
    this.#guard = heldGuard(module, { threads, posted: true });
    this.#all = Array.from({ length: threads }, () => new PoolThread({ module, spawn }));
    this.#idle = [...this.#all];
  }

  get memoryBytes(): number {
    return this.#all.reduce((bytes, thread) => bytes + thread.memoryBytes, 0);
  }

  async open(sweep: SweepInput): Promise<ComputeSession> {
    if (this.#closed) throw closedError();
    const session = this.#sessions++;
    const input = sessionInput(sweep, this.#maskBytesMax);
    this.#guard(sweep, input);
    const close = async () => {
      await Promise.allSettled(this.#all.map((thread) => thread.close(session)));
    };
    const opened = await Promise.allSettled(this.#all.map((thread) => thread.open(session, input)));
    const failure = opened.find((result) => result.status === "rejected");
    if (failure !== undefined) {
      await close();
      throw failure.reason;
    }
    return {
      scoreBase: (range, selection) =>
        this.#run((thread) => thread.call({ kind: "score_base", session, range, selection })),
      scoreRisk: (bases, selection) =>
        this.#run((thread) => thread.call({ kind: "score_risk", session, bases, selection })),
      replay: (variant) => this.#run((thread) => thread.call({ kind: "replay", session, variant })),
      digestTrades: (variants) =>
        this.#run((thread) => thread.call({ kind: "digest_trades", session, variants })),
      report: (variant, wish) =>
        this.#run((thread) => thread.call({ kind: "report", session, variant, wish })),
      [Symbol.asyncDispose]: close,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const turn of this.#turns.splice(0)) turn.reject(closedError());
    for (const thread of this.#all) await Promise.resolve(thread[Symbol.dispose]());
  }

  async #run<Answer>(task: (thread: PoolThread) => Promise<Answer>): Promise<Answer> {
    const thread = await this.#acquire();
    try {
      return await task(thread);
    } finally {
      const next = this.#turns.shift();
      if (next === undefined) this.#idle.push(thread);
      else next.resolve(thread);
    }
  }

  #acquire(): Promise<PoolThread> {
    if (this.#closed) return Promise.reject(closedError());
    const thread = this.#idle.shift();
    if (thread !== undefined) return Promise.resolve(thread);
    return new Promise((resolve, reject) => this.#turns.push({ resolve, reject }));
  }
}

function spawnWorker(): Worker {
  return new Worker(new URL("./pool_worker.ts", import.meta.url), { type: "module", name: "compute" });
}

function closedError(): BacktestError {
  return new BacktestError("backtest_job_runner_failed", "Cannot compute: the pool was closed");
}
