/** Exports of the compute module, typed by the built file itself. */
export type Kernels = typeof import("../../../build/backtest.wasm");

/** A fresh instance with memory of its own. The module imports nothing. */
export function instantiateKernels(module: WebAssembly.Module): Kernels {
  return new WebAssembly.Instance(module).exports as unknown as Kernels;
}
