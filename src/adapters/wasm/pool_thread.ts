import { BacktestError } from "../../core/errors/mod.ts";
import { type Answers, type FromThread, receivedError, type Request, type ToThread } from "./messages.ts";
import type { SessionInput } from "./session_input.ts";

type RequestOf<Kind> = Extract<Request, { readonly kind: Kind }>;

interface Waiting {
  readonly request: Request;
  readonly resolve: (answer: Answers[keyof Answers]) => void;
  readonly reject: (error: unknown) => void;
}

/** Why a session is given up, and how long what is under way for it may still take. */
export interface Abandonment {
  readonly reason: unknown;
  readonly graceMs: number;
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
  /** In the order in which the worker gets to them. */
  readonly #waiting = new Map<number, Waiting>();
  /** Timers of the sessions whose calls are not waited for much longer. */
  readonly #abandoned = new Map<number, ReturnType<typeof setTimeout>>();
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

  /**
   * Gives a session up: what the worker has not done of it in time is rejected with the reason. Its worker is
   * ended, and another one does what other sessions wait for. (Deno lets an ended worker finish the call it is in.)
   */
  abandon(session: number, { reason, graceMs }: Abandonment): void {
    this.#sessions.delete(session);
    if (this.#abandoned.has(session) || !this.#isWaitedFor(session)) return;
    this.#abandoned.set(session, setTimeout(() => this.#replace(session, reason), graceMs));
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
    return new Promise((resolve, reject) => this.#send(worker, { request, resolve, reject }));
  }

  #send(worker: Worker, waiting: Waiting): void {
    const call = this.#calls++;
    this.#waiting.set(call, waiting);
    worker.postMessage({ kind: "call", call, request: waiting.request } satisfies ToThread);
  }

  #isWaitedFor(session: number): boolean {
    return this.#waiting.values().some(({ request }) => request.session === session);
  }

  /** Ends the worker with all it was to do for `session`; the rest is done by another worker. */
  #replace(session: number, reason: unknown): void {
    this.#abandoned.delete(session);
    const waiting = this.#end();
    const others = waiting.filter(({ request }) => request.session !== session);
    if (others.length > 0) {
      const worker = this.#worker = this.#start();
      for (const call of others) this.#send(worker, call);
    }
    for (const { request, resolve, reject } of waiting) {
      if (request.session !== session) continue;
      if (request.kind === "close") resolve(null);
      else reject(reason);
    }
  }

  #start(): Worker {
    const worker = this.#options.spawn();
    worker.onmessage = ({ data }: MessageEvent<FromThread>) => {
      if (worker === this.#worker) this.#settle(data);
    };
    worker.onmessageerror = () => {
      if (worker === this.#worker) this.#stop("its answer could not be read");
    };
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
    if (waiting !== undefined) this.#spare(waiting.request.session);
  }

  /** Lets the worker live once nothing of an abandoned session is under way. */
  #spare(session: number): void {
    if (!this.#abandoned.has(session) || this.#isWaitedFor(session)) return;
    clearTimeout(this.#abandoned.get(session));
    this.#abandoned.delete(session);
  }

  #stop(why: string): void {
    const waiting = this.#end();
    for (const session of this.#abandoned.keys()) this.#spare(session);
    for (const { reject } of waiting) reject(callError(why));
  }

  /** Ends the worker and returns what it has not answered. */
  #end(): readonly Waiting[] {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#memoryBytes = 0;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    return waiting;
  }
}

const poolClosed = "the pool was closed";

function callError(why: string): BacktestError {
  return new BacktestError("backtest_job_runner_failed", `Cannot finish a call in a compute thread: ${why}`);
}
