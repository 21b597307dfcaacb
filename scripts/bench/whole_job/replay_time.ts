import { kernelModule } from "../../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels, type Kernels } from "../../../src/adapters/wasm/kernels.ts";
import { Session } from "../../../src/adapters/wasm/session.ts";
import { sessionInput } from "../../../src/adapters/wasm/session_input.ts";
import type { SweepInput, VariantPoint } from "../../../src/ports/compute.ts";

/**
 * Time in ms that the module needs to replay variants for their reports, in one thread that has their masks as after the
 * stages. Whatever the host does with the replays is not in it.
 */
export function replayTimeMs(sweep: SweepInput, variants: readonly VariantPoint[]): number {
  let insideMs = 0;
  const kernels = timed(instantiateKernels(kernelModule()), (ms) => insideMs += ms);
  const session = new Session(kernels, sessionInput(sweep));
  const wish = { requestRange: { startMs: 0, endMs: 1 }, daysPerYear: 365, withTrades: false };
  const reportAll = () => variants.forEach((variant) => session.report(variant, wish));
  reportAll();
  insideMs = 0;
  reportAll();
  return insideMs;
}

function timed(kernels: Kernels, add: (ms: number) => void): Kernels {
  const entries = Object.entries(kernels).map(([name, value]) => {
    if (typeof value !== "function") return [name, value];
    const kernel = value as (...args: number[]) => number;
    return [name, (...args: number[]) => {
      const startedMs = performance.now();
      const answer = kernel(...args);
      add(performance.now() - startedMs);
      return answer;
    }];
  });
  return Object.fromEntries(entries) as Kernels;
}
