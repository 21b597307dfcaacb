import { SIDE_LONG } from "../../assembly/layout.ts";
import { planArena, reserveMemory } from "../../src/adapters/wasm/arena.ts";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels } from "../../src/adapters/wasm/kernels.ts";
import { ruleRoom } from "../../src/adapters/wasm/rules/rule_room.ts";
import { writeRuleSignal } from "../../src/adapters/wasm/rules/rule_signal.ts";
import { RuleValues } from "../../src/adapters/wasm/rules/rule_values.ts";
import { sessionInput } from "../../src/adapters/wasm/session_input.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import { interleaved } from "./interleaved.ts";

/** What one more value of a parameter costs before anything is scored. */
export interface PassCost {
  readonly valueUs: number;
  /** The same over one pass over a series, in which every bar is compared with a number. */
  readonly passes: number;
}

/** Makes the long mask of every variant, one after the other, beside as many plain passes over the closes. */
export async function passCost(input: SweepInput, { runs }: { readonly runs: number }): Promise<PassCost> {
  const { plan, timeline: { slice } } = input;
  const kernels = instantiateKernels(kernelModule());
  const values = new RuleValues(kernels, ruleRoom(plan.rules!, { input: sessionInput(input), from: 0 }));
  const { maskBytes, bars } = values.memory;
  const { at: { long, short, below }, end } = planArena({
    before: values.memory.end,
    long: maskBytes,
    short: maskBytes,
    below: maskBytes,
  });
  reserveMemory(kernels.memory, end);
  const { column, count } = bars.get(null)!;
  const close = column("close");
  const variants = plan.stageATotal;
  const { making, passing } = await interleaved({
    making: () => {
      for (let index = 0; index < variants; index++) {
        writeRuleSignal(values, { index, slice, sides: SIDE_LONG, long, short });
      }
    },
    passing: () => {
      for (let i = 0; i < variants; i++) kernels.order(close, 0, 0, 0, i, 0, long, below, short, count);
    },
  }, { runs });
  return {
    valueUs: 1000 * making.leastCpuMs / variants,
    passes: making.leastCpuMs / passing.leastCpuMs,
  };
}
