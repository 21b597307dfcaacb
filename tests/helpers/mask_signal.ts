import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels, type Kernels } from "../../src/adapters/wasm/kernels.ts";
import { planMasks } from "../../src/adapters/wasm/mask_plan.ts";
import { sessionInput } from "../../src/adapters/wasm/session_input.ts";
import { loadSession, sessionSizes } from "../../src/adapters/wasm/session_memory.ts";
import { createVariantMasks } from "../../src/adapters/wasm/variant_masks.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import { mapped } from "./mapped.ts";

/** The final masks of a sweep's first variant as one of N, L and S per bar of its slice. */
export function maskSignal(sweep: SweepInput, kernels: Kernels = instantiateKernels(kernelModule())): string {
  const input = sessionInput(sweep);
  const maskPlan = planMasks(input.plan);
  const sizes = sessionSizes(input, maskPlan);
  const arena = loadSession(kernels, { input, sizes });
  createVariantMasks({ kernels, input, maskPlan, sizes, arena }).combine(0);
  const [long, short] = mapped(
    [arena.at.longMask, arena.at.shortMask],
    (address) => new Uint8Array(kernels.memory.buffer, address, sizes.maskBytes),
  );
  const bit = (mask: Uint8Array, bar: number) => (mask[bar >> 3]! >> (bar & 7)) & 1;
  const letter = (bar: number) => bit(long, bar) ? "L" : bit(short, bar) ? "S" : "N";
  return Array.from({ length: input.slice.stop - input.slice.start }, (_, bar) => letter(bar)).join("");
}
