import { BacktestError } from "../../core/errors/mod.ts";
import { type Answers, type FromThread, receivedError, type Request, type ToThread } from "./messages.ts";
import type { SessionInput } from "./session_input.ts";

type RequestOf<Kind> = Extract<Request, { readonly kind: Kind }>;

interface Waiting {
  readonly resolve: (answer: Answers[keyof Answers]) => void;
  readonly reject: (error: BacktestError) => void;
}

/** How a thread is started. */
export interface PoolThreadOptions {
  readonly module: WebAssembly.Module;
  readonly spawn: () => Worker;
}

/**
 * One Web Worker and its open sessions. When the worker dies, the calls under way fail with
 * `backtest_job_runner_failed`, and the next call starts another worker that opens the same sessions.
 */
export class PoolThread implements Disposable {
  readonly #options: PoolThreadOptions;
  readonly #sessions = new Map<number, SessionInput>();
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #calls = 0;
  #memoryBytes = 0;
  #closed = false;

  constructor(options: PoolThreadOptions) {
    this.#options = options;
  }

  /** Memory of the worker's instances of the module, as its last answer said. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Opens a session, again after every restart until it is closed. */
  async open(session: number, input: SessionInput): Promise<void> {
    await this.call({ kind: "open", session, input });
    this.#sessions.set(session, input);
  }

  /** Closes a session. */
  async close(session: number): Promise<void> {
    this.#sessions.delete(session);
    if (this.#worker !== undefined) await this.call({ kind: "close", session });
  }

  /** Posts a request and waits for its answer. */
  call<Kind extends Request["kind"]>(request: RequestOf<Kind>): Promise<Answers[Kind]> {
    if (this.#closed) return Promise.reject(callError(poolClosed));
    this.#worker ??= this.#start();
    return this.#post(this.#worker, request) as Promise<Answers[Kind]>;
  }

  /** Ends the worker; calls under way and later ones fail. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#stop(poolClosed);
  }

  #post(worker: Worker, request: Request): Promise<Answers[keyof Answers]> {
    const call = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      worker.postMessage({ kind: "call", call, request } satisfies ToThread);
    });
  }

  #start(): Worker {
    const worker = this.#options.spawn();
    worker.onmessage = ({ data }: MessageEvent<FromThread>) => this.#settle(data);
    worker.onmessageerror = () => this.#stop("its answer could not be read");
    worker.onerror = (event) => {
      // Otherwise the error would end the whole process.
      event.preventDefault();
      if (worker === this.#worker) this.#stop(`it died: ${event.message}`);
    };
    worker.postMessage({ kind: "module", module: this.#options.module } satisfies ToThread);
    for (const [session, input] of this.#sessions) {
      // A session that cannot be opened again makes the calls that need it fail.
      this.#post(worker, { kind: "open", session, input }).catch(() => {});
    }
    return worker;
  }

  #settle(message: FromThread): void {
    const waiting = this.#waiting.get(message.call);
    this.#waiting.delete(message.call);
    this.#memoryBytes = message.memoryBytes;
    if ("error" in message) waiting?.reject(receivedError(message.error));
    else waiting?.resolve(message.answer);
  }

  #stop(why: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#memoryBytes = 0;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(callError(why));
  }
}

const poolClosed = "the pool was closed";

function callError(why: string): BacktestError {
  return new BacktestError("backtest_job_runner_failed", `Cannot finish a call in a compute thread: ${why}`);
}
