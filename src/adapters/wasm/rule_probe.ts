import { mapFurther, type Timeline } from "../../core/bars/mod.ts";
import {
  preparedRules,
  type RuleNode,
  ruleParams,
  type SideState,
  type UnknownAtStart,
} from "../../core/rules/mod.ts";
import type { ProbeAt, ProbedRules, ProbeInput, RuleProbe, RuleValue } from "../../ports/rule_probe.ts";
import { planArena, reserveMemory } from "./arena.ts";
import { instantiateKernels, type Kernels } from "./kernels.ts";
import { ruleBars } from "./rules/rule_bars.ts";
import { rulePlanOf, withEveryMask } from "./rules/rule_plan.ts";
import { writeRuleSignal } from "./rules/rule_signal.ts";
import { RuleValues } from "./rules/rule_values.ts";
import { sidesOf } from "./variant_masks.ts";

/** A compute module in the calling thread, a fresh instance for every question. */
export function createRuleProbe(module: () => WebAssembly.Module): RuleProbe {
  const instance = () => instantiateKernels(module());
  return {
    probe: (input, at) => probe(instance(), input, at),
    unknownAtStart: (input, indexes) => unknownAtStart(instance, { ...input, indexes }),
  };
}

/** All values of one variant, over the bars of a timeline. */
function valuesOf(
  kernels: Kernels,
  { timeline, rules: planned }: Pick<ProbeInput, "timeline" | "rules">,
): RuleValues {
  const { candles, timeframeMs, tsCloseMs, further } = timeline;
  const plan = withEveryMask(rulePlanOf(preparedRules(planned).rules));
  const bars = ruleBars({
    candles,
    timeframeMs,
    ...(tsCloseMs ? { tsCloseMs } : {}),
    columns: Object.fromEntries(further ?? []),
    dayStart: planned.dayStart,
  }, plan.timeframes);
  // no more than one variant is kept
  return new RuleValues(kernels, { plan, bars, bytesMax: 0 });
}

function probe(kernels: Kernels, input: ProbeInput, { index, bar }: ProbeAt): ProbedRules {
  const { timeline: { candles, slice }, directionMode } = input;
  if (!(bar >= 0 && bar < candles.close.length)) throw new RangeError(`there is no bar ${bar}`);
  const values = valuesOf(kernels, input);
  const { memory, plan } = values;
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

/** Bars that are looked at first, how many times more each time after, and variants that are followed beyond some. */
const firstBars = 64;
const growth = 8;
const followedBars = 4096;
const followedMax = 16;

function unknownAtStart(
  instance: () => Kernels,
  { timeline, rules, indexes }: Pick<ProbeInput, "timeline" | "rules"> & {
    readonly indexes: readonly number[];
  },
): readonly UnknownAtStart[] {
  const { slice: { start, stop: end } } = timeline;
  const found: UnknownAtStart[] = [];
  let left = indexes;
  for (let length = firstBars; left.length > 0 && start < end; length *= growth) {
    const stop = Math.min(end, start + length);
    const values = valuesOf(instance(), { timeline: firstOf(timeline, stop), rules });
    const { params } = values.plan.rules;
    const isOpen = (index: number) => {
      values.choose(index);
      const ofIndex = gapsOf(values, { start, stop });
      if (stop < end && ofIndex.some(({ bars }) => bars === stop - start)) return true;
      found.push(
        ...ofIndex.map((gap) => ({ ...gap, params: params.length === 0 ? {} : ruleParams(rules, index) })),
      );
      return false;
    };
    left = left.filter(isOpen);
    if (length >= followedBars) left = left.slice(0, followedMax);
  }
  return found;
}

/** The first bars of a timeline; what is known of them does not depend on the later ones. */
function firstOf(timeline: Timeline, stop: number): Timeline {
  const { candles, tsCloseMs, slice } = timeline;
  const cut = <Column extends Float32Array | Float64Array>(column: Column) =>
    column.subarray(0, stop) as Column;
  const { tsOpenMs, open, high, low, close, volume } = candles;
  return {
    candles: {
      tsOpenMs: cut(tsOpenMs),
      open: cut(open),
      high: cut(high),
      low: cut(low),
      close: cut(close),
      volume: cut(volume),
    },
    timeframeMs: timeline.timeframeMs,
    ...(tsCloseMs ? { tsCloseMs: cut(tsCloseMs) } : {}),
    ...mapFurther(timeline, cut),
    slice: { start: slice.start, stop },
  };
}

/** Texts of the chosen variant that are unknown from the start on, and what in them is so the longest. */
function gapsOf(
  values: RuleValues,
  { start, stop }: { readonly start: number; readonly stop: number },
): readonly Omit<UnknownAtStart, "params">[] {
  const unknownBars = (node: RuleNode): number => {
    if (node.type === "number") return 0;
    let bar = start;
    while (bar < stop && valueOf(node, { values, place: bar }) === null) bar++;
    return bar - start;
  };
  const partOf = (node: RuleNode): string => {
    // what is inside a higher timeframe has bars of its own
    const inner = node.kind === "timeframe" ? [] : node.args.map((arg) => ({ arg, bars: unknownBars(arg) }));
    const longest = inner.reduce((most, one) => one.bars > most.bars ? one : most, { arg: node, bars: 0 });
    return longest.bars === 0 ? node.text : partOf(longest.arg);
  };
  const { long, short } = values.plan.rules;
  return Object.entries({ long, short }).flatMap(([side, texts]) =>
    Object.entries(texts ?? {}).flatMap(([which, node]: [string, RuleNode | null]) => {
      const bars = node === null ? 0 : unknownBars(node);
      return bars === 0 ? [] : [{ member: `${side}.${which}`, part: partOf(node!), bars }];
    })
  );
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
