import { catalogueOutput, type RuleNode } from "../../../src/core/rules/mod.ts";
import { sum, windowed } from "../blocks.ts";
import { sourceSeries } from "../candles.ts";
import { indicatorSeries } from "../indicators.ts";
import { clockAt, isInSession } from "./clock.ts";
import { higherOf, type RuleBars, stepsOf } from "./world.ts";

/** True, false, or unknown. */
export type Tri = boolean | null;

interface HigherEvaluator {
  readonly higher: Evaluator;
  readonly steps: readonly number[];
}

type Params = Readonly<Record<string, number | string>>;

/** Values of an expression on every bar, one by one as its definition reads. */
export class Evaluator {
  readonly #bars: RuleBars;
  readonly #params: Params;
  readonly #higher = new Map<string, HigherEvaluator>();
  readonly #series = new Map<number, readonly number[]>();
  readonly #conditions = new Map<number, readonly Tri[]>();

  constructor(bars: RuleBars, params: Params) {
    this.#bars = bars;
    this.#params = params;
  }

  /** Takes these as the values of a series: those of another program, where the last bit may differ. */
  adopt(node: RuleNode, values: readonly number[]): void {
    this.#evaluatorOf(node).#series.set(node.id, values);
  }

  /** Of a series on the bars that it is evaluated on. */
  seriesOf(node: RuleNode): readonly number[] {
    return this.#evaluatorOf(node).series(node);
  }

  /** Of a condition on the bars that it is evaluated on. */
  conditionOf(node: RuleNode): readonly Tri[] {
    return this.#evaluatorOf(node).condition(node);
  }

  #evaluatorOf({ on }: RuleNode): Evaluator {
    return on === null ? this : this.#higherOf(on).higher;
  }

  /** Of a series: f32 values, NaN where unknown. */
  series(node: RuleNode): readonly number[] {
    let values = this.#series.get(node.id);
    if (values === undefined) {
      values = this.#makeSeries(node).map((value) => known(Math.fround(value)));
      this.#series.set(node.id, values);
    }
    return values;
  }

  /** Of a condition. */
  condition(node: RuleNode): readonly Tri[] {
    let values = this.#conditions.get(node.id);
    if (values === undefined) this.#conditions.set(node.id, values = this.#makeCondition(node));
    return values;
  }

  /** Of a number, in f64. */
  number(node: RuleNode): number {
    const args = node.args.map((arg) => this.number(arg));
    switch (node.kind) {
      case "number":
        return node.value;
      case "parameter":
        return Number(this.#params[node.name]);
      case "minus":
        return -args[0]!;
      case "arithmetic":
        return known(calculate[node.operator](args[0]!, args[1]!));
      case "function":
        return known(numberFunctions[node.name]!(...args));
      default:
        throw new Error(`${node.text} is no number`);
    }
  }

  /** Of a series, or a number on every bar, not rounded. */
  #values(node: RuleNode): readonly number[] {
    return node.type === "number" ? this.#bars.openMs.map(() => this.number(node)) : this.series(node);
  }

  #makeSeries(node: RuleNode): readonly number[] {
    const { candles, openMs, columns } = this.#bars;
    const column = (name: string) =>
      name === "volume" ? Array.from(candles.volume) : sourceSeries(candles, name as "close");
    switch (node.kind) {
      case "parameter":
        return column(String(this.#params[node.name]));
      case "price":
        return column(node.price);
      case "clock":
        return openMs.map((ms) => clockAt(node.clock, ms));
      case "column":
        return columns[node.column]!;
      case "minus":
        return this.series(node.args[0]!).map((value) => -value);
      case "arithmetic": {
        const [a, b] = node.args.map((arg) => this.#values(arg));
        return a!.map((value, t) => calculate[node.operator](value, b![t]!));
      }
      case "indicator": {
        const { call: { definition, args }, output } = node;
        const values = Object.fromEntries(
          args.flatMap(({ name, kind }, i) => kind === "series" ? [] : [[name, this.number(node.args[i]!)]]),
        );
        const at = args.findIndex(({ kind }) => kind === "series");
        const name = catalogueOutput(node.call, output);
        return indicatorSeries(definition.id, {
          candles,
          values,
          output: name === definition.output ? undefined : name,
          source: at < 0 ? undefined : this.series(node.args[at]!),
        });
      }
      case "timeframe": {
        const { higher, steps } = this.#higherOf(node.timeframe);
        const values = higher.series(node.args[0]!);
        return steps.map((step) => step < 0 ? NaN : values[step]!);
      }
      case "function":
        return this.#seriesFunction(node.name, node.args);
      default:
        throw new Error(`${node.text} is no series`);
    }
  }

  #seriesFunction(name: string, args: readonly RuleNode[]): readonly number[] {
    const [first, second] = [args[0]!, args[1]!];
    switch (name) {
      case "abs":
      case "log":
      case "sqrt":
        return this.series(first).map((value) => numberFunctions[name]!(value));
      case "min":
      case "max": {
        const [a, b] = [this.#values(first), this.#values(second)];
        return a.map((value, t) => numberFunctions[name]!(value, b[t]!));
      }
      case "prev":
        return shifted(this.series(first), { bars: this.number(second), before: NaN });
      case "change": {
        const then = shifted(this.series(first), { bars: this.number(second), before: NaN });
        return this.series(first).map((value, t) => value - then[t]!);
      }
      case "highest":
        return windowed(this.series(first), this.number(second), (values) => Math.max(...values));
      case "lowest":
        return windowed(this.series(first), this.number(second), (values) => Math.min(...values));
      case "sum":
        return sum(this.series(first), this.number(second));
      case "bars_since": {
        const holds = this.condition(first);
        return holds.map((_, t) => {
          const last = holds.lastIndexOf(true, t);
          return last < 0 ? NaN : t - last;
        });
      }
      case "value_when": {
        const [holds, values] = [this.condition(first), this.series(second)];
        return holds.map((_, t) => values[holds.lastIndexOf(true, t)] ?? NaN);
      }
      default:
        throw new Error(`no series function ${name}`);
    }
  }

  #makeCondition(node: RuleNode): readonly Tri[] {
    const { openMs } = this.#bars;
    switch (node.kind) {
      case "truth":
        return openMs.map(() => node.truth);
      case "not":
        return this.condition(node.args[0]!).map(not);
      case "logic": {
        const [a, b] = node.args.map((arg) => this.condition(arg));
        return a!.map((value, t) => logic[node.operator](value, b![t]!));
      }
      case "comparison": {
        const both = node.args.every(({ type }) => type === "number");
        const [a, b] = node.args.map((arg) => this.#values(arg).map(both ? (value) => value : Math.fround));
        return a!.map((value, t) => compare(node.operator, { a: value, b: b![t]! }));
      }
      case "session":
        return openMs.map((ms) => isInSession(node.session, ms));
      case "timeframe": {
        const { higher, steps } = this.#higherOf(node.timeframe);
        const values = higher.condition(node.args[0]!);
        return steps.map((step) => step < 0 ? null : values[step]!);
      }
      case "function":
        return this.#conditionFunction(node.name, node.args);
      default:
        throw new Error(`${node.text} is no condition`);
    }
  }

  #conditionFunction(name: string, args: readonly RuleNode[]): readonly Tri[] {
    const [first, second] = [args[0]!, args[1]!];
    switch (name) {
      case "known":
        return first.type === "condition"
          ? this.condition(first).map((value) => value !== null)
          : this.series(first).map((value) => !Number.isNaN(value));
      case "prev":
        return shifted(this.condition(first), { bars: this.number(second), before: null });
      case "for_bars":
        return forBars(this.condition(first), this.number(second));
      case "within":
        return forBars(this.condition(first).map(not), this.number(second)).map(not);
      case "rising":
      case "falling": {
        const x = this.series(first);
        const before = shifted(x, { bars: 1, before: NaN });
        const operator = name === "rising" ? ">" : "<";
        return forBars(x.map((a, t) => compare(operator, { a, b: before[t]! })), this.number(second));
      }
      case "crosses_above":
        return this.#crossing(">", "<=", args);
      case "crosses_below":
        return this.#crossing("<", ">=", args);
      case "crosses": {
        const [above, below] = [this.#crossing(">", "<=", args), this.#crossing("<", ">=", args)];
        return above.map((value, t) => logic.or(value, below[t]!));
      }
      default:
        throw new Error(`no condition ${name}`);
    }
  }

  #crossing(now: string, before: string, args: readonly RuleNode[]): readonly Tri[] {
    const [x, y] = args.map((arg) => this.#values(arg).map(Math.fround));
    // a number has its value before the first bar, too; a series has none
    const then = args.map((arg, i) =>
      arg.type === "number" ? [x!, y!][i]! : shifted([x!, y!][i]!, { bars: 1, before: NaN })
    );
    return x!.map((a, t) =>
      logic.and(
        compare(now, { a, b: y![t]! }),
        compare(before, { a: then[0]![t]!, b: then[1]![t]! }),
      )
    );
  }

  #higherOf(timeframe: string): HigherEvaluator {
    let known = this.#higher.get(timeframe);
    if (known === undefined) {
      const bars = higherOf(this.#bars, timeframe);
      known = { higher: new Evaluator(bars, this.#params), steps: stepsOf(this.#bars, bars) };
      this.#higher.set(timeframe, known);
    }
    return known;
  }
}

const calculate: Readonly<Record<"+" | "-" | "*" | "/", (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => b === 0 ? NaN : a / b,
};

const numberFunctions: Readonly<Record<string, (...values: number[]) => number>> = {
  abs: (value) => Math.abs(value!),
  log: (value) => value! > 0 ? Math.log(value!) : NaN,
  sqrt: (value) => Math.sqrt(value!),
  min: (a, b) => Math.min(a!, b!),
  max: (a, b) => Math.max(a!, b!),
};

const logic: Readonly<Record<"and" | "or" | "xor", (a: Tri, b: Tri) => Tri>> = {
  and: (a, b) => a === false || b === false ? false : a === null || b === null ? null : true,
  or: (a, b) => a === true || b === true ? true : a === null || b === null ? null : false,
  xor: (a, b) => a === null || b === null ? null : a !== b,
};

function not(value: Tri): Tri {
  return value === null ? null : !value;
}

function compare(operator: string, { a, b }: { readonly a: number; readonly b: number }): Tri {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return null;
  const results = { "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a === b, "!=": a !== b };
  return results[operator as keyof typeof results];
}

function forBars(values: readonly Tri[], bars: number): readonly Tri[] {
  return values.map((_, t) => {
    const window = values.slice(Math.max(0, t + 1 - bars), t + 1);
    if (window.includes(false)) return false;
    return window.length < bars || window.includes(null) ? null : true;
  });
}

function shifted<T>(
  values: readonly T[],
  { bars, before }: { readonly bars: number; readonly before: T },
): readonly T[] {
  return values.map((_, t) => t < bars ? before : values[t - bars]!);
}

function known(value: number): number {
  return Number.isFinite(value) ? value : NaN;
}
