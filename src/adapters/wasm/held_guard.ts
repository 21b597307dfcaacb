import { checkHeldMemory } from "../../core/grid/mod.ts";
import type { SweepInput } from "../../ports/compute.ts";
import { instantiateKernels, type Kernels } from "./kernels.ts";
import type { SessionInput } from "./session_input.ts";
import { sessionBytes } from "./session_memory.ts";

/** Refuses a sweep that would hold more than it may, before anything is reserved or posted. */
export type HeldGuard = (sweep: SweepInput, input: SessionInput) => void;

/** A guard for sessions in so many threads; `posted` says whether candles are posted to them. */
export function heldGuard(
  module: WebAssembly.Module,
  { threads, posted }: { readonly threads: number; readonly posted: boolean },
): HeldGuard {
  // asked for sizes only, so its memory never grows
  let kernels: Kernels | undefined;
  return ({ maxBytes }, input) => {
    if (maxBytes === undefined) return;
    kernels ??= instantiateKernels(module);
    checkHeldMemory({
      bars: input.prices.close.length,
      closeStamps: input.tsCloseMs !== undefined,
      furtherColumns: input.further?.size ?? 0,
      threads,
      cloned: posted && !isShared(input.prices.close.buffer),
      moduleBytes: sessionBytes(kernels, input),
    }, maxBytes);
  };
}

function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
}
