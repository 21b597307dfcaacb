import { SIDE_LONG, SIDE_SHORT } from "../../assembly/layout.ts";
import { planArena, reserveMemory } from "../../src/adapters/wasm/arena.ts";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels } from "../../src/adapters/wasm/kernels.ts";
import { ruleBars } from "../../src/adapters/wasm/rules/rule_bars.ts";
import { rulePlanOf, withEveryMask } from "../../src/adapters/wasm/rules/rule_plan.ts";
import { writeRuleSignal } from "../../src/adapters/wasm/rules/rule_signal.ts";
import { RuleValues } from "../../src/adapters/wasm/rules/rule_values.ts";
import type { CompiledRules, RuleNode } from "../../src/core/rules/mod.ts";
import type { Tri } from "../oracle/expressions/evaluate.ts";
import type { RuleBars } from "../oracle/expressions/world.ts";
import { heldColumns } from "./rule_bars.ts";

/** Evaluates a strategy in the compute module. */
export interface RuleModule {
  readonly values: RuleValues;
  series(node: RuleNode): readonly number[];
  condition(node: RuleNode): readonly Tri[];
  /** One of N, L and S a bar of the slice. */
  signal(index: number, slice: { readonly start: number; readonly stop: number }, sides?: number): string;
}

/**
 * A fresh instance with these bars loaded; `bytesMax` is what values may take in all, though those of one combination
 * always fit. Only with `everyMask` are masks of conditions written that no rule reads.
 */
export function ruleModule(
  rules: CompiledRules,
  { bars, bytesMax = 64 * 1024 * 1024, everyMask = false }: {
    readonly bars: RuleBars;
    readonly bytesMax?: number;
    readonly everyMask?: boolean;
  },
): RuleModule {
  const kernels = instantiateKernels(kernelModule());
  const { candles, further } = heldColumns(bars);
  const series = {
    candles,
    timeframeMs: 0,
    tsCloseMs: Float64Array.from(bars.closeMs),
    columns: Object.fromEntries(further),
  };
  const plan = everyMask ? withEveryMask(rulePlanOf(rules)) : rulePlanOf(rules);
  const values = new RuleValues(kernels, { plan, bars: ruleBars(series, plan.timeframes), bytesMax });
  const masks = planArena({
    before: values.memory.end,
    long: values.memory.maskBytes,
    short: values.memory.maskBytes,
  });
  reserveMemory(kernels.memory, masks.end);
  const { long, short } = masks.at;
  const bit = (mask: number, bar: number) =>
    (new Uint8Array(kernels.memory.buffer, mask + (bar >> 3), 1)[0]! >> (bar & 7)) & 1;
  const countOf = (node: RuleNode) => values.barsOf(node).count;
  return {
    values,
    series: (node) => [...new Float32Array(kernels.memory.buffer, values.series(node), countOf(node))],
    condition(node) {
      const { yes, no } = values.condition(node);
      return Array.from({ length: countOf(node) }, (_, bar) => {
        if (bit(yes, bar) && bit(no, bar)) throw new Error(`${node.text} is true and false on bar ${bar}`);
        return bit(yes, bar) ? true : bit(no, bar) ? false : null;
      });
    },
    signal(index, slice, sides = SIDE_LONG | SIDE_SHORT) {
      writeRuleSignal(values, { index, slice, sides, long, short });
      return Array.from({ length: slice.stop - slice.start }, (_, bar) => {
        if (bit(long, bar) && bit(short, bar)) throw new Error(`long and short on bar ${bar}`);
        return bit(long, bar) ? "L" : bit(short, bar) ? "S" : "N";
      }).join("");
    },
  };
}
