import { barLengthMs } from "../bars/mod.ts";
import type { RuleNode, RuleType } from "./expression.ts";
import { faultAt } from "./fault.ts";
import type { NumberCheck } from "./number_check.ts";
import { sessionOf, takesCount } from "./call_texts.ts";
import type { NodeStore } from "./node_store.ts";
import type { Syntax } from "./syntax.ts";
import { type Argument, argumentsOf, type FunctionName, type IndicatorCall } from "./vocabulary.ts";

/** The timeframe whose bars an expression is evaluated on; null for the template's own. */
export type On = string | null;

/** What types the arguments of a call. */
export interface ArgumentCheck {
  readonly store: NodeStore;
  readonly timeframe: string;
  readonly checks: NumberCheck[];
  node(syntax: Syntax, on: On): RuleNode;
  /** A number where all are numbers; else a series, whose numbers have to be finite. */
  joined(args: readonly RuleNode[], written: readonly Syntax[]): RuleType;
  /** Numbers among them have to be finite. */
  finiteArgs(args: readonly RuleNode[], written: readonly Syntax[]): void;
}

/** A call as it is written. */
export interface WrittenCall {
  readonly syntax: Extract<Syntax, { kind: "call" }>;
  readonly on: On;
}

/** Types the calls of functions and indicators. Every method throws `TextFault` for the first fault. */
export class CallCheck {
  readonly #check: ArgumentCheck;

  constructor(check: ArgumentCheck) {
    this.#check = check;
  }

  function(name: FunctionName, given: WrittenCall): RuleNode {
    const { syntax, on } = given;
    const { store } = this.#check;
    const wanted = argumentsOf(name);
    if (name === "on_timeframe" && on !== null) {
      throw faultAt(syntax.at, "on_timeframe inside on_timeframe");
    }
    this.#count(name, { wanted, given });
    if (name === "on_timeframe") return this.#onTimeframe(syntax.args, wanted);
    if (name === "between_times") {
      const texts = syntax.args.map((arg, i) => this.#text(arg, { name, i, argument: wanted[i]! }));
      const session = sessionOf(texts, syntax.args.map(({ at }) => at));
      return store.node({ made: { kind: "session", session }, type: "condition", on });
    }
    if (name === "col") {
      const column = this.#text(syntax.args[0]!, { name, i: 0, argument: wanted[0]! });
      return store.node({ made: { kind: "column", column }, type: "series", on });
    }
    const args = syntax.args.map((arg, i) => this.#argument(arg, { name, i, argument: wanted[i]!, on }));
    const made = { kind: "function", name } as const;
    switch (name) {
      case "abs":
      case "log":
      case "sqrt":
      case "min":
      case "max": {
        const type = this.#check.joined(args, syntax.args);
        return store.node({ made, type, args, on: type === "number" ? null : on });
      }
      case "crosses":
      case "crosses_above":
      case "crosses_below":
        if (args.every(({ type }) => type === "number")) {
          throw faultAt(syntax.at, `${name}: one of its arguments must be a series`);
        }
        this.#check.finiteArgs(args, syntax.args);
        return store.node({ made, type: "condition", args, on });
      case "prev":
        return store.node({ made, type: args[0]!.type, args, on });
      case "known":
      case "for_bars":
      case "within":
      case "rising":
      case "falling":
        return store.node({ made, type: "condition", args, on });
      default:
        return store.node({ made, type: "series", args, on });
    }
  }

  #onTimeframe(args: readonly Syntax[], wanted: readonly Argument[]): RuleNode {
    const { store, timeframe: own } = this.#check;
    const name = "on_timeframe";
    const { at } = args[0]!;
    const timeframe = this.#text(args[0]!, { name, i: 0, argument: wanted[0]! });
    const lengthMs = barLengthMs(timeframe);
    const shown = JSON.stringify(timeframe);
    if (lengthMs === null) {
      const known = "1m, 5m, 15m, 1h, 4h, 1d and others of the form 30m, 2h, 3d, 1w, 1M";
      throw faultAt(at, { said: `${shown} is no timeframe`, hint: known });
    }
    if (lengthMs <= (barLengthMs(own) ?? 0)) {
      throw faultAt(at, `${shown} is not longer than the timeframe ${own}`);
    }
    const inner = this.#argument(args[1]!, { name, i: 1, argument: wanted[1]!, on: timeframe });
    return store.node({ made: { kind: "timeframe", timeframe }, type: inner.type, args: [inner] });
  }

  indicator(call: IndicatorCall, given: WrittenCall): RuleNode {
    const { name, definition, args: wanted, outputs } = call;
    const { syntax, on } = given;
    if (definition.lookAhead !== 0) {
      throw faultAt(syntax.at, { said: `${name} reads the future`, hint: `use "${name}_causal"` });
    }
    this.#count(name, { wanted, given });
    const args = wanted.map((argument, i) => {
      const written = syntax.args[i];
      if (written !== undefined) return this.#argument(written, { name, i, argument, on });
      const value = Number(argument.usual);
      return this.#check.store.node({ made: { kind: "number", value }, type: "number" });
    });
    if (definition.ordered !== undefined) {
      const [low, high] = [definition.ordered.low, definition.ordered.high].map((wantedName) => ({
        name: wantedName,
        node: args[wanted.findIndex((argument) => argument.name === wantedName)]!,
      }));
      this.#check.checks.push({ kind: "order", name, low: low!, high: high!, at: syntax.at });
    }
    const made = { kind: "indicator", call, output: outputs[0]! } as const;
    return this.#check.store.node({ made, type: "series", args, on });
  }

  #count(
    name: string,
    { wanted, given }: { readonly wanted: readonly Argument[]; readonly given: WrittenCall },
  ): void {
    const { args, at } = given.syntax;
    const takes = takesCount(wanted, args.length);
    if (takes !== null) throw faultAt(at, `${name}: takes ${takes}, found ${args.length}`);
  }

  #argument(
    written: Syntax,
    place: { readonly name: string; readonly i: number; readonly argument: Argument; readonly on: On },
  ): RuleNode {
    const { name, i, argument: { kind, name: called, ...bounds }, on } = place;
    const node = this.#check.node(written, on);
    const label = `${name}: argument ${i + 1} (${called})`;
    if (!accepted[kind].includes(node.type)) {
      throw faultAt(written.at, `${label} takes ${articles[kind]}, found a ${node.type}`);
    }
    if (kind === "number") {
      this.#check.checks.push({ kind: "bounds", node, at: written.at, label, ...bounds });
    }
    return node;
  }

  #text(
    written: Syntax,
    { name, i, argument }: { readonly name: string; readonly i: number; readonly argument: Argument },
  ): string {
    if (written.kind === "text") return written.text;
    throw faultAt(written.at, `${name}: argument ${i + 1} (${argument.name}) takes a text`);
  }
}

const accepted: Readonly<Record<Argument["kind"], readonly RuleType[]>> = {
  series: ["series"],
  condition: ["condition"],
  value: ["series", "number"],
  any: ["series", "condition"],
  number: ["number"],
  text: [],
};

const articles: Readonly<Record<Argument["kind"], string>> = {
  series: "a series",
  condition: "a condition",
  value: "a series or a number",
  any: "a series or a condition",
  number: "a number",
  text: "a text",
};
