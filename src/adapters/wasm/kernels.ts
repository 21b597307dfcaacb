import { readFileSync } from "node:fs";

/** Exports of the compute module, typed by the built file itself. */
export type Kernels = typeof import("../../../build/backtest.wasm");

let compiled: WebAssembly.Module | undefined;

/** The compiled module, read once per process. It can be posted to threads. Throws when the file was not built. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(new URL("../../../build/backtest.wasm", import.meta.url)));
  return compiled;
}

/** A fresh instance with memory of its own. The module imports nothing. */
export function instantiateKernels(module: WebAssembly.Module): Kernels {
  return new WebAssembly.Instance(module).exports as unknown as Kernels;
}
