import type { Compute, ComputeSession } from "../../ports/compute.ts";
import { createInstances } from "./instances.ts";
import { kernelModule } from "./kernels.ts";
import { ResidentSession } from "./resident_session.ts";
import { sessionInput } from "./session_input.ts";

/** The compute module in the calling thread: every call blocks it until the batch is done. */
export function createInProcessCompute(options: { readonly maskBytesMax?: number } = {}): Compute {
  const instances = createInstances(kernelModule());
  return {
    threads: 1,
    // deno-lint-ignore require-await
    async open(input): Promise<ComputeSession> {
      const resident = new ResidentSession(instances, sessionInput(input, options.maskBytesMax));
      return {
        // deno-lint-ignore require-await
        scoreBase: async (range, selection) => resident.run((session) => session.scoreBase(range, selection)),
        // deno-lint-ignore require-await
        scoreRisk: async (bases, selection) => resident.run((session) => session.scoreRisk(bases, selection)),
        // deno-lint-ignore require-await
        replay: async (variant) => resident.run((session) => session.replay(variant)),
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
