/** Exports of the compute module, typed by the built file itself. */
export type Kernels = typeof import("../../../build/backtest.wasm");

/** A fresh instance with memory of its own. The module imports nothing. */
export function instantiateKernels(module: WebAssembly.Module): Kernels {
  return new WebAssembly.Instance(module).exports as unknown as Kernels;
}

/**
 * The same kernels, which throw instead of starting once the flag is not 0: nothing can stop one that runs, but a session
 * calls many.
 */
export function stoppable(kernels: Kernels, abandoned: Int32Array): Kernels {
  const members = Object.entries(kernels).map(([name, member]) => {
    if (typeof member !== "function") return [name, member];
    const kernel = member as (...args: readonly number[]) => unknown;
    return [name, (...args: readonly number[]) => {
      if (Atomics.load(abandoned, 0) !== 0) throw new Error("the session was abandoned");
      return kernel(...args);
    }];
  });
  return Object.fromEntries(members);
}
