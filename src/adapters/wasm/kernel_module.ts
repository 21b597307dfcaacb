import { readFileSync } from "node:fs";

let compiled: WebAssembly.Module | undefined;

/** The compiled module, read once per process. It can be posted to threads. Throws when the file was not built. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(kernelBytes());
  return compiled;
}

/** The module's bytes. Throws when the file was not built. */
export function kernelBytes(): Uint8Array<ArrayBuffer> {
  return readFileSync(new URL("../../../build/backtest.wasm", import.meta.url));
}
