import { instantiateKernels, type Kernels } from "./kernels.ts";

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
