import { BacktestError } from "../../core/errors/mod.ts";
import { instantiateKernels, type Kernels } from "./kernels.ts";
import { Session } from "./session.ts";
import type { SessionInput } from "./session_input.ts";

/**
 * A session that outlives a trap: the call that trapped fails, its instance is thrown away, and the next call loads the
 * input into a fresh one. Nothing but cached masks is lost.
 */
export class ResidentSession implements Disposable {
  readonly #instances: Instances;
  readonly #input: SessionInput;
  #loaded: { readonly kernels: Kernels; readonly session: Session } | undefined;

  /** Throws as `Compute.open` says. */
  constructor(instances: Instances, input: SessionInput) {
    this.#instances = instances;
    this.#input = input;
    this.run(() => {});
  }

  /** Memory of the session's instance of the module. */
  get memoryBytes(): number {
    return this.#loaded?.kernels.memory.buffer.byteLength ?? 0;
  }

  /** Throws what `task` throws; a trap as `backtest_job_runner_failed`. */
  run<Result>(task: (session: Session) => Result): Result {
    try {
      return task(this.#load());
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      this.#loaded = undefined;
      throw new BacktestError(
        "backtest_job_runner_failed",
        `Cannot compute: the module trapped (${error.message})`,
        {
          cause: error,
        },
      );
    }
  }

  [Symbol.dispose](): void {
    if (this.#loaded !== undefined) this.#instances.giveBack(this.#loaded.kernels);
    this.#loaded = undefined;
  }

  #load(): Session {
    if (this.#loaded === undefined) {
      const kernels = this.#instances.take();
      try {
        this.#loaded = { kernels, session: new Session(kernels, this.#input) };
      } catch (error) {
        if (!(error instanceof WebAssembly.RuntimeError)) this.#instances.giveBack(kernels);
        throw error;
      }
    }
    return this.#loaded.session;
  }
}

/**
 * Instances of the compute module for one thread. A session holds one alone; the last one given back is kept, with its
 * grown memory, so that sessions in a row share it.
 */
export interface Instances {
  /** Memory of the instance that nobody holds; 0 when there is none. */
  readonly spareBytes: number;
  take(): Kernels;
  /** Must not be called with an instance that has trapped. */
  giveBack(kernels: Kernels): void;
}

/** Instances of `module`, made when asked for. */
export function createInstances(module: WebAssembly.Module): Instances {
  let spare: Kernels | undefined;
  return {
    get spareBytes() {
      return spare?.memory.buffer.byteLength ?? 0;
    },
    take() {
      const kernels = spare ?? instantiateKernels(module);
      spare = undefined;
      return kernels;
    },
    giveBack(kernels) {
      spare = kernels;
    },
  };
}
