import { SIDE_LONG, SIDE_SHORT } from "../../../../assembly/layout.ts";
import type { PlannedRules } from "../../../core/rules/mod.ts";
import { sidesOf, type VariantMasks, type VariantMasksOptions } from "../variant_masks.ts";
import { ruleRoom } from "./rule_room.ts";
import { writeRuleSignal } from "./rule_signal.ts";
import { RuleValues } from "./rule_values.ts";

/** Masks of base variants whose signal is made by rules: one final pair each, in as many slots as are scored together. */
export function createRuleMasks(planned: PlannedRules, options: VariantMasksOptions): VariantMasks {
  const { kernels, input, sizes, arena: { at, end } } = options;
  const { slice, plan } = input;
  const values = new RuleValues(kernels, ruleRoom(planned, { input, from: end }));
  // made after the memory has grown
  const pairs = new Uint32Array(kernels.memory.buffer, at.maskPairs, 2 * sizes.variants);
  const write = (
    index: number,
    target: { readonly sides: number; readonly long: number; readonly short: number },
  ) => writeRuleSignal(values, { index, slice, ...target });
  return {
    inOrder: (stageAIndexes) => values.inOrder(stageAIndexes),
    list(stageAIndexes) {
      stageAIndexes.forEach((index, v) => {
        const long = at.maskSlots + v * 2 * sizes.maskBytes;
        const short = long + sizes.maskBytes;
        write(index, { sides: SIDE_LONG | SIDE_SHORT, long, short });
        pairs[2 * v] = long;
        pairs[2 * v + 1] = short;
      });
    },
    combine(index) {
      write(index, { sides: sidesOf[plan.directionMode], long: at.longMask, short: at.shortMask });
    },
  };
}
