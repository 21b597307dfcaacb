import type { ToThread } from "../../src/adapters/wasm/messages.ts";
import { type ComputePool, createPool } from "../../src/adapters/wasm/pool.ts";

/** Scoring a batch that starts at this base variant never ends, nor does opening a sweep of so many. */
const hangingBase = 3;

/** A batch that never ends. */
export const hangingBatch = { from: hangingBase, to: hangingBase + 1 };

/** Whether a message makes a thread of a hanging pool hang. */
export function hangs(message: ToThread): boolean {
  if (message.kind !== "call") return false;
  const { request } = message;
  if (request.kind === "open") return request.input.plan.stageATotal === hangingBase;
  return request.kind === "score_base" && request.range.from === hangingBase;
}

/** A pool whose threads can hang. */
export interface HangingPool extends AsyncDisposable {
  readonly compute: ComputePool;
  /** Web Workers started so far. */
  readonly workers: number;
  /** Messages posted so far that make a thread hang. */
  readonly hanging: number;
}

/** A pool like any other but for {@link hangs}. */
export function hangingPool(options: { readonly threads: number; readonly graceMs: number }): HangingPool {
  let workers = 0;
  let hanging = 0;
  const spawn = () => {
    const worker = new Worker(new URL("./hanging_worker.ts", import.meta.url), { type: "module" });
    workers++;
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message: ToThread) => {
      post(message);
      if (hangs(message)) hanging++;
    };
    return worker;
  };
  const compute = createPool({ ...options, spawn });
  return {
    compute,
    get workers() {
      return workers;
    },
    get hanging() {
      return hanging;
    },
    [Symbol.asyncDispose]: () => compute[Symbol.asyncDispose](),
  };
}
