import { preparedRules, type RuleNode, type SideState } from "../../core/rules/mod.ts";
import type { ProbeAt, ProbedRules, ProbeInput, RuleProbe, RuleValue } from "../../ports/rule_probe.ts";
import { planArena, reserveMemory } from "./arena.ts";
import { kernelModule } from "./kernel_module.ts";
import { instantiateKernels, type Kernels } from "./kernels.ts";
import { ruleBars } from "./rules/rule_bars.ts";
import { planRules, withEveryMask } from "./rules/rule_plan.ts";
import { writeRuleSignal } from "./rules/rule_signal.ts";
import { RuleValues } from "./rules/rule_values.ts";
import { sidesOf } from "./variant_masks.ts";

/** The compute module in the calling thread, a fresh instance for every question. */
export function createRuleProbe(): RuleProbe {
  return { probe };
}

function probe(
  { timeline, rules: planned, directionMode }: ProbeInput,
  { index, bar }: ProbeAt,
): ProbedRules {
  const { candles, slice, timeframeMs, tsCloseMs, further } = timeline;
  if (!(bar >= 0 && bar < candles.close.length)) throw new RangeError(`there is no bar ${bar}`);
  const kernels = instantiateKernels(kernelModule());
  const plan = withEveryMask(planRules(preparedRules(planned).rules));
  const bars = ruleBars({
    candles,
    timeframeMs,
    ...(tsCloseMs ? { tsCloseMs } : {}),
    columns: Object.fromEntries(further ?? []),
    dayStart: planned.dayStart,
  }, plan.timeframes);
  // no more than one variant is kept
  const values = new RuleValues(kernels, { plan, bars, bytesMax: 0 });
  const { memory } = values;
  const { at: { long, short }, end } = planArena({
    before: memory.end,
    long: memory.maskBytes,
    short: memory.maskBytes,
  });
  reserveMemory(kernels.memory, end);
  writeRuleSignal(values, { index, slice, sides: sidesOf[directionMode], long, short });
  const states = Array.from(
    { length: slice.stop - slice.start },
    (_, at): SideState => bit(kernels, long, at) ? 1 : bit(kernels, short, at) ? -1 : 0,
  );
  const readings = plan.rules.nodes.map((node) => {
    const { bars: own } = values.barsOf(node);
    const place = own.steps === null ? bar : own.steps[bar]!;
    return {
      node,
      now: valueOf(node, { values, place }),
      before: valueOf(node, { values, place: place - 1 }),
      higherOpenMs: own.steps === null || place < 0 ? null : own.candles.tsOpenMs[place]!,
    };
  });
  return { readings, states };
}

function valueOf(
  node: RuleNode,
  { values, place }: { readonly values: RuleValues; readonly place: number },
): RuleValue {
  if (node.type === "number") return values.number(node);
  if (place < 0) return null;
  const { kernels } = values;
  if (node.type === "series") {
    const [value] = new Float32Array(kernels.memory.buffer, values.series(node) + 4 * place, 1);
    return Number.isNaN(value) ? null : value!;
  }
  const { yes, no } = values.condition(node);
  return bit(kernels, yes, place) ? true : bit(kernels, no, place) ? false : null;
}

function bit({ memory }: Kernels, mask: number, bar: number): boolean {
  return (new Uint8Array(memory.buffer, mask + (bar >> 3), 1)[0]! >> (bar & 7) & 1) === 1;
}
