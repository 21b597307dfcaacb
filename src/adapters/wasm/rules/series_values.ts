import {
  RULE_ABS,
  RULE_ADD,
  RULE_DIVIDE,
  RULE_LOG,
  RULE_MAX,
  RULE_MIN,
  RULE_MULTIPLY,
  RULE_SQRT,
  RULE_SUBTRACT,
} from "../../../../assembly/layout.ts";
import type { Column, Source } from "../../../core/catalogue/mod.ts";
import { catalogueOutput, clockColumn, type RuleNode } from "../../../core/rules/mod.ts";
import { outputKernel } from "../indicator_series.ts";
import type { RuleValues } from "./rule_values.ts";

/** Writes a series to an address. */
export type SeriesFill = (target: number) => void;

/** Makes the arguments of a series, and returns what writes it. */
export function fillSeries(node: RuleNode, values: RuleValues): SeriesFill {
  const { kernels, memory } = values;
  const { count, bars } = values.barsOf(node);
  switch (node.kind) {
    case "clock":
      return copied(clockColumn(node.clock, bars.candles.tsOpenMs), values);
    case "column": {
      const column = bars.columns[node.column];
      if (column === undefined) throw new RangeError(`there is no column ${node.column}`);
      return copied(column.map((value) => Number.isFinite(value) ? value : NaN), values);
    }
    case "minus": {
      const x = values.series(node.args[0]!);
      return (target) => kernels.unary(RULE_SUBTRACT, x, target, count);
    }
    case "arithmetic":
      return joined(operators[node.operator], { node, values });
    case "indicator":
      return indicator(node, values);
    case "timeframe": {
      const x = values.series(node.args[0]!);
      const { steps } = values.barsOf(node.args[0]!);
      return (target) => kernels.stepSeries(x, steps, target, count);
    }
    case "function":
      break;
    default:
      throw new RangeError(`${node.text} is no series that is computed`);
  }
  const [first, second] = [node.args[0]!, node.args[1]!];
  switch (node.name) {
    case "abs":
    case "log":
    case "sqrt": {
      const x = values.series(first);
      const code = unaries[node.name];
      return (target) => kernels.unary(code, x, target, count);
    }
    case "min":
      return joined(RULE_MIN, { node, values });
    case "max":
      return joined(RULE_MAX, { node, values });
    case "prev":
    case "change": {
      const [x, bars] = [values.series(first), values.number(second)];
      const kernel = node.name === "prev" ? "previous" : "change";
      return (target) => kernels[kernel](x, target, count, bars);
    }
    case "highest":
    case "lowest":
    case "sum": {
      const [x, window] = [values.series(first), values.number(second)];
      const kernel = node.name === "sum" ? "windowSum" : node.name;
      return (target) => kernels[kernel](x, target, memory.at.scratch, count, window);
    }
    case "bars_since": {
      const { yes } = values.condition(first);
      return (target) => kernels.barsSince(yes, target, count);
    }
    case "value_when": {
      const [{ yes }, x] = [values.condition(first), values.series(second)];
      return (target) => kernels.valueWhen(yes, x, target, count);
    }
    default:
      throw new RangeError(`${node.name} makes no series`);
  }
}

const operators = {
  "+": RULE_ADD,
  "-": RULE_SUBTRACT,
  "*": RULE_MULTIPLY,
  "/": RULE_DIVIDE,
} as const;

const unaries = { abs: RULE_ABS, log: RULE_LOG, sqrt: RULE_SQRT } as const;

function copied(column: Float32Array<ArrayBuffer>, { kernels }: RuleValues): SeriesFill {
  return (target) => new Float32Array(kernels.memory.buffer, target, column.length).set(column);
}

function joined(
  code: number,
  { node, values }: { readonly node: RuleNode; readonly values: RuleValues },
): SeriesFill {
  const [x, y] = [values.operand(node.args[0]!), values.operand(node.args[1]!)];
  const { count } = values.barsOf(node);
  return (target) => values.kernels.arithmetic(code, x.address, x.number, y.address, y.number, target, count);
}

/** Stands for the series that is given as the source among the values of an indicator. */
const given = "given";

function indicator(node: RuleNode & { readonly kind: "indicator" }, values: RuleValues): SeriesFill {
  const { call, output, args } = node;
  const { kernels, memory: { at: { scratch } } } = values;
  const { column: priced, count: bars } = values.barsOf(node);
  const place = call.args.findIndex(({ kind }) => kind === "series");
  const source = place < 0 ? 0 : values.series(args[place]!);
  const chosen = Object.fromEntries(
    call.args.map(({ name, kind }, i) => [name, kind === "series" ? given : values.number(args[i]!)]),
  );
  const compute = outputKernel(call.definition.id, catalogueOutput(call, output));
  const column = (name: Source | Column | typeof given) => name === given ? source : priced(name);
  return (target) => {
    compute(kernels, chosen, { column, target, scratch, bars });
    kernels.dropInfinite(target, bars);
  };
}
