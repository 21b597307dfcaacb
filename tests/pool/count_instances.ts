// Imported before the module that makes instances: every instance of a WebAssembly module made in this thread counts.

import { settledHeap } from "./settled_heap.ts";

/** What the instances of one thread hold. */
export interface InstanceCount {
  /** Made since the thread began. */
  readonly made: number;
  /** Bytes of the memories of those that are not collected yet. */
  readonly bytes: number;
  /** Heap of the thread and what it holds outside of it, garbage collected; includes the memories. */
  readonly heap: number;
}

const memories: WeakRef<WebAssembly.Memory>[] = [];
const Plain = WebAssembly.Instance;

WebAssembly.Instance = class extends Plain {
  constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    super(module, imports);
    memories.push(new WeakRef(this.exports.memory as WebAssembly.Memory));
  }
};

/** Collects garbage and counts. */
export function countInstances(): InstanceCount {
  const heap = settledHeap();
  const bytes = memories.map((memory) => memory.deref()?.buffer.byteLength ?? 0);
  return { made: memories.length, bytes: bytes.reduce((sum, one) => sum + one, 0), heap };
}
