import { createPool } from "../../src/adapters/wasm/pool.ts";
import type { Compute } from "../../src/ports/compute.ts";
import type { InstanceCount } from "./count_instances.ts";

/** A pool that is known from outside: its threads, and the instances in them. */
export interface CountedPool extends AsyncDisposable {
  readonly compute: Compute;
  /** Web Workers started so far. */
  readonly workers: number;
  /** What every thread that was ever started holds. */
  counts(): Promise<InstanceCount[]>;
}

/** A pool like any other, on threads that count. */
export function countedPool({ threads }: { readonly threads: number }): CountedPool {
  const workers: Worker[] = [];
  const spawn = () => {
    const worker = new Worker(new URL("./counted_worker.ts", import.meta.url), { type: "module" });
    workers.push(worker);
    return worker;
  };
  const compute = createPool({ threads, spawn });
  return {
    compute,
    get workers() {
      return workers.length;
    },
    counts: () => Promise.all(workers.map(countIn)),
    [Symbol.asyncDispose]: () => compute[Symbol.asyncDispose](),
  };
}

function countIn(worker: Worker): Promise<InstanceCount> {
  return new Promise((resolve) => {
    const listen = ({ data }: MessageEvent) => {
      if (data.count === undefined) return;
      worker.removeEventListener("message", listen);
      resolve(data.count);
    };
    worker.addEventListener("message", listen);
    worker.postMessage("count");
  });
}
