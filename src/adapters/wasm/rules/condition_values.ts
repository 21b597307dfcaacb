import {
  RULE_ABOVE,
  RULE_AND,
  RULE_AT_LEAST,
  RULE_AT_MOST,
  RULE_BELOW,
  RULE_CROSSES_ABOVE,
  RULE_CROSSES_BELOW,
  RULE_EQUAL,
  RULE_OR,
  RULE_UNEQUAL,
  RULE_XOR,
} from "../../../../assembly/layout.ts";
import { type RuleNode, sessionBits } from "../../../core/rules/mod.ts";
import type { MaskNeed } from "./rule_plan.ts";
import type { MaskPair, RuleValues } from "./rule_values.ts";

/** Writes the masks of a condition, at least those that are needed. */
export type ConditionFill = (target: MaskPair, need: MaskNeed) => void;

/** Makes the arguments of a condition, and returns what writes it. */
export function fillCondition(node: RuleNode, values: RuleValues): ConditionFill {
  const { kernels, memory } = values;
  const { count, bars } = values.barsOf(node);
  const constant = (truth: boolean): ConditionFill => ({ yes, no }) => {
    kernels.fillMask(yes, count, Number(truth));
    kernels.fillMask(no, count, Number(!truth));
  };
  const [first, second] = [node.args[0]!, node.args[1]!];
  switch (node.kind) {
    case "truth":
      return constant(node.truth);
    case "logic": {
      const [a, b] = [values.condition(first), values.condition(second)];
      const code = connectives[node.operator];
      return (target, need) => {
        const { yes, no } = needed(target, need);
        kernels.logic(code, a.yes, a.no, b.yes, b.no, yes, no, count);
      };
    }
    case "comparison":
      if (node.args.every(({ type }) => type === "number")) return constant(values.number(node) === 1);
      return compared(comparisons[node.operator], { node, values });
    case "session": {
      const bits = sessionBits(node.session, bars.candles.tsOpenMs);
      return ({ yes, no }) => {
        const whole = new Uint8Array(kernels.memory.buffer, yes, memory.maskBytes);
        whole.fill(0).set(bits);
        kernels.knownWhere(yes, yes, yes, no, count);
      };
    }
    case "timeframe": {
      const inner = values.condition(first);
      const { steps } = values.barsOf(first);
      return ({ yes, no }, need) => {
        if (need.yes) kernels.stepMask(inner.yes, steps, yes, count);
        if (need.no) kernels.stepMask(inner.no, steps, no, count);
      };
    }
    case "function":
      break;
    default:
      throw new RangeError(`${node.text} is no condition that is computed`);
  }
  switch (node.name) {
    case "known": {
      if (first.type === "series") {
        const x = values.series(first);
        return ({ yes, no }) => kernels.knownSeries(x, yes, no, count);
      }
      const inner = values.condition(first);
      return ({ yes, no }) => kernels.knownWhere(inner.yes, inner.no, yes, no, count);
    }
    case "prev": {
      const [inner, back] = [values.condition(first), values.number(second)];
      return ({ yes, no }, need) => {
        if (need.yes) kernels.shiftMask(inner.yes, yes, count, back);
        if (need.no) kernels.shiftMask(inner.no, no, count, back);
      };
    }
    case "for_bars":
    case "within": {
      const [inner, window] = [values.condition(first), values.number(second)];
      const all = node.name === "for_bars" ? 1 : 0;
      return ({ yes, no }, need) => {
        if (need.yes) kernels.windowMask(inner.yes, yes, count, window, all);
        if (need.no) kernels.windowMask(inner.no, no, count, window, 1 - all);
      };
    }
    case "rising":
    case "falling": {
      const [x, window] = [values.series(first), values.number(second)];
      return steps(node.name, { x, window, values, count });
    }
    case "crosses_above":
      return compared(RULE_CROSSES_ABOVE, { node, values });
    case "crosses_below":
      return compared(RULE_CROSSES_BELOW, { node, values });
    case "crosses":
      return crossed(node, values);
    default:
      throw new RangeError(`${node.name} makes no condition`);
  }
}

const connectives = { and: RULE_AND, or: RULE_OR, xor: RULE_XOR } as const;

const comparisons = {
  ">": RULE_ABOVE,
  "<": RULE_BELOW,
  ">=": RULE_AT_LEAST,
  "<=": RULE_AT_MOST,
  "==": RULE_EQUAL,
  "!=": RULE_UNEQUAL,
} as const;

function compared(
  code: number,
  { node, values }: { readonly node: RuleNode; readonly values: RuleValues },
): ConditionFill {
  const { above, below, known } = values.order(node.args[0]!, node.args[1]!);
  const { count } = values.barsOf(node);
  return (target, need) => {
    const { yes, no } = needed(target, need);
    values.kernels.compared(code, above, below, known, yes, no, count);
  };
}

/** The masks that are needed; 0, at which nothing is written, for another. */
function needed({ yes, no }: MaskPair, need: MaskNeed): MaskPair {
  return { yes: need.yes ? yes : 0, no: need.no ? no : 0 };
}

/** Both crossings, joined by `or`. */
function crossed(node: RuleNode, values: RuleValues): ConditionFill {
  const { kernels, memory: { at: { work }, maskBytes } } = values;
  const { above, below, known } = values.order(node.args[0]!, node.args[1]!);
  const { count } = values.barsOf(node);
  const [workYes, workNo] = [work, work + maskBytes];
  return ({ yes, no }) => {
    kernels.compared(RULE_CROSSES_ABOVE, above, below, known, yes, no, count);
    kernels.compared(RULE_CROSSES_BELOW, above, below, known, workYes, workNo, count);
    kernels.logic(RULE_OR, yes, no, workYes, workNo, yes, no, count);
  };
}

/** Steps up, or down, on each of the last bars: `for_bars` of a comparison with the bar before. */
function steps(
  name: "rising" | "falling",
  { x, window, values, count }: {
    readonly x: number;
    readonly window: number;
    readonly values: RuleValues;
    readonly count: number;
  },
): ConditionFill {
  const { kernels, memory: { at: { work }, maskBytes } } = values;
  return ({ yes, no }) => {
    const [up, down, known] = [work, work + maskBytes, work + 2 * maskBytes];
    kernels.stepOrder(x, up, down, known, count);
    const code = name === "rising" ? RULE_ABOVE : RULE_BELOW;
    kernels.compared(code, up, down, known, up, down, count);
    kernels.windowMask(up, yes, count, window, 1);
    kernels.windowMask(down, no, count, window, 0);
  };
}
