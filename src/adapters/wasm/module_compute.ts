import type { Compute, ComputeSession } from "../../ports/compute.ts";
import { heldGuard } from "./held_guard.ts";
import { createInstances, ResidentSession } from "./resident_session.ts";
import { sessionInput } from "./session_input.ts";

/** Limits of a compute made of one module. */
export interface ModuleComputeOptions {
  /** Bytes of cached signal masks per session. */
  readonly maskBytesMax?: number;
}

/** A compiled module in the calling thread: every call blocks it until the batch is done. Needs nothing of the host. */
export function moduleCompute(module: WebAssembly.Module, options: ModuleComputeOptions = {}): Compute {
  const instances = createInstances(module);
  const guard = heldGuard(module, { threads: 1, posted: false });
  return {
    threads: 1,
    // deno-lint-ignore require-await
    async open(sweep): Promise<ComputeSession> {
      const input = sessionInput(sweep, options.maskBytesMax);
      guard(sweep, input);
      const resident = new ResidentSession(instances, input);
      return {
        // deno-lint-ignore require-await
        scoreBase: async (range, selection) => resident.run((session) => session.scoreBase(range, selection)),
        // deno-lint-ignore require-await
        scoreRisk: async (bases, selection) => resident.run((session) => session.scoreRisk(bases, selection)),
        // deno-lint-ignore require-await
        replay: async (variant) => resident.run((session) => session.replay(variant)),
        // deno-lint-ignore require-await
        digestTrades: async (variants) => resident.run((session) => session.digestTrades(variants)),
        // deno-lint-ignore require-await
        report: async (variant, wish) => resident.run((session) => session.report(variant, wish)),
        async [Symbol.asyncDispose]() {
          await Promise.resolve(resident[Symbol.dispose]());
        },
      };
    },
    async [Symbol.asyncDispose]() {},
  };
}
