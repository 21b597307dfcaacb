import type { RuleNode, RuleType } from "./expression.ts";
import { faultAt, TextFault } from "./fault.ts";
import { nearestWithin } from "./near_name.ts";
import type { NodeStore } from "./node_store.ts";
import type { NumberCheck } from "./number_check.ts";
import { type ArgumentCheck, CallCheck, type On } from "./call_check.ts";
import { isComparison, type Syntax } from "./syntax.ts";
import { clocks, indicatorCalls, isFunction, prices, takenNames, valueNames } from "./vocabulary.ts";

/** What a text may name, and what for it is read. */
export interface TextScope {
  readonly store: NodeStore;
  /** Null: the parameter has a fault of its own. */
  readonly params: ReadonlyMap<string, "number" | "series" | null>;
  /** Null: the definition has a fault of its own. */
  readonly definitions: ReadonlyMap<string, RuleNode | null>;
  /** The template's. */
  readonly timeframe: string;
  /** Only numbers and conditions over them may stand in it. */
  readonly numbersOnly: boolean;
}

/** A text without a fault of types. */
export interface CheckedText {
  readonly node: RuleNode;
  /** Windows and numbers to be looked at for every combination. */
  readonly checks: readonly NumberCheck[];
}

/** A text names something that has a fault of its own: there is nothing to say about the text. */
export class Abandoned extends Error {}

/** Types a text. `wanted` "any" takes whatever it is. Throws `TextFault` for its first fault, or `Abandoned`. */
export function checkText(
  syntax: Syntax,
  scope: TextScope & { readonly wanted: "condition" | "any" },
): CheckedText {
  const check = new TextCheck(scope);
  const node = scope.wanted === "condition" ? check.condition(syntax, null) : check.node(syntax, null);
  if (node.type === "number" && !scope.numbersOnly) check.finite(node, syntax.at);
  return { node, checks: check.checks };
}

class TextCheck implements ArgumentCheck {
  readonly checks: NumberCheck[] = [];
  readonly #scope: TextScope;
  readonly #calls = new CallCheck(this);

  constructor(scope: TextScope) {
    this.#scope = scope;
  }

  get store(): NodeStore {
    return this.#scope.store;
  }

  get timeframe(): string {
    return this.#scope.timeframe;
  }

  node(syntax: Syntax, on: On): RuleNode {
    const { store } = this.#scope;
    switch (syntax.kind) {
      case "number":
        return store.node({ made: { kind: "number", value: syntax.value }, type: "number" });
      case "text":
        throw faultAt(syntax.at, "a text may only stand where a function takes one");
      case "name":
        return this.#name(syntax, on);
      case "unary": {
        if (syntax.operator === "not") {
          const operand = this.condition(syntax.operand, on);
          return store.node({ made: { kind: "not" }, type: "condition", args: [operand], on });
        }
        const operand = this.#value(syntax.operand, on);
        return store.node({
          made: { kind: "minus" },
          type: operand.type,
          args: [operand],
          on: onOf(operand, on),
        });
      }
      case "binary":
        return this.#binary(syntax, on);
      case "call":
        return this.#call(syntax, on);
      case "output":
        return this.#output(syntax, on);
    }
  }

  condition(syntax: Syntax, on: On): RuleNode {
    const node = this.node(syntax, on);
    if (node.type === "condition") return node;
    throw faultAt(syntax.at, `expected a condition, found a ${node.type}`);
  }

  finite(node: RuleNode, at: number): void {
    if (node.type === "number" && !this.#scope.numbersOnly) this.checks.push({ kind: "finite", node, at });
  }

  #value(syntax: Syntax, on: On): RuleNode {
    const node = this.node(syntax, on);
    if (node.type !== "condition") return node;
    throw faultAt(syntax.at, "expected a series or a number, found a condition");
  }

  #binary(syntax: Extract<Syntax, { kind: "binary" }>, on: On): RuleNode {
    const { store } = this.#scope;
    const { operator, left, right } = syntax;
    if (operator === "and" || operator === "or" || operator === "xor") {
      const args = [this.condition(left, on), this.condition(right, on)];
      return store.node({ made: { kind: "logic", operator }, type: "condition", args, on });
    }
    const args = [this.#value(left, on), this.#value(right, on)];
    if (isComparison(operator)) {
      this.finiteArgs(args, [left, right]);
      return store.node({ made: { kind: "comparison", operator }, type: "condition", args, on });
    }
    const type = this.joined(args, [left, right]);
    return store.node({
      made: { kind: "arithmetic", operator },
      type,
      args,
      on: type === "number" ? null : on,
    });
  }

  /** A number where all are numbers; else a series, whose numbers have to be finite. */
  joined(args: readonly RuleNode[], written: readonly Syntax[]): RuleType {
    if (args.every(({ type }) => type === "number")) return "number";
    this.finiteArgs(args, written);
    return "series";
  }

  finiteArgs(args: readonly RuleNode[], written: readonly Syntax[]): void {
    args.forEach((arg, i) => this.finite(arg, written[i]!.at));
  }

  #name({ name, at }: Extract<Syntax, { kind: "name" }>, on: On): RuleNode {
    const { store, params, definitions, numbersOnly } = this.#scope;
    const type = params.get(name);
    if (type === null) throw new Abandoned();
    if (type === "number") return store.node({ made: { kind: "parameter", name }, type });
    if (name === "true" || name === "false") {
      return store.node({ made: { kind: "truth", truth: name === "true" }, type: "condition", on });
    }
    if (numbersOnly) this.#refuseInNumbers(name, at);
    if (type === "series") return store.node({ made: { kind: "parameter", name }, type, on });
    if (definitions.has(name)) return this.#definition(name, { at, on });
    const price = prices.find((known) => known === name);
    if (price !== undefined) return store.node({ made: { kind: "price", price }, type: "series", on });
    const clock = clocks.find((known) => known === name);
    if (clock !== undefined) return store.node({ made: { kind: "clock", clock }, type: "series", on });
    if (isFunction(name) || indicatorCalls.has(name)) {
      throw faultAt(at, { said: `${name} is a function`, hint: `write "${name}(...)"` });
    }
    throw this.#unknown(name, at);
  }

  #definition(name: string, { at, on }: { readonly at: number; readonly on: On }): RuleNode {
    const node = this.#scope.definitions.get(name);
    if (node === null || node === undefined) throw new Abandoned();
    if (on === null) return node;
    if (readsHigherBars(node)) throw faultAt(at, "on_timeframe inside on_timeframe");
    return this.#scope.store.lift(node, on);
  }

  #call(syntax: Extract<Syntax, { kind: "call" }>, on: On): RuleNode {
    const { name, at } = syntax;
    const { params, definitions, numbersOnly } = this.#scope;
    if (numbersOnly && !numberFunctions.has(name)) this.#refuseInNumbers(name, at);
    if (isFunction(name)) return this.#calls.function(name, { syntax, on });
    const call = indicatorCalls.get(name);
    if (call !== undefined) return this.#calls.indicator(call, { syntax, on });
    if (params.has(name) || definitions.has(name) || takenNames.has(name)) {
      throw faultAt(at, `${name} is no function`);
    }
    throw this.#unknown(name, at);
  }

  #output(syntax: Extract<Syntax, { kind: "output" }>, on: On): RuleNode {
    const { of, name, nameAt } = syntax;
    const node = this.node(of, on);
    const isBare = node.kind === "indicator" && of.kind !== "output" && node.output === node.call.outputs[0];
    if (!isBare) throw faultAt(nameAt, "only an indicator has outputs");
    const { call, args } = node;
    if (!call.outputs.includes(name)) {
      const said = `${call.name} has no output ${JSON.stringify(name)}`;
      throw faultAt(nameAt, { said, hint: call.outputs.join(", ") });
    }
    return this.#scope.store.node({
      made: { kind: "indicator", call, output: name },
      type: "series",
      args,
      on,
    });
  }

  #refuseInNumbers(name: string, at: number): void {
    const { params, definitions } = this.#scope;
    if (!params.has(name) && !definitions.has(name) && !takenNames.has(name)) return;
    throw faultAt(at, `where takes parameters that are numbers, found ${JSON.stringify(name)}`);
  }

  #unknown(name: string, at: number): TextFault {
    const { params, definitions, numbersOnly } = this.#scope;
    const meant = numbersOnly
      ? [...params].filter(([, type]) => type === "number").map(([known]) => known)
      : [...params.keys(), ...definitions.keys(), ...valueNames];
    const nearest = nearestWithin(name, meant);
    const hint = nearest === null ? null : `did you mean ${JSON.stringify(nearest)}?`;
    return faultAt(at, { said: `unknown name ${JSON.stringify(name)}`, hint });
  }
}

const numberFunctions: ReadonlySet<string> = new Set(["abs", "log", "sqrt", "min", "max"]);

function onOf({ type }: RuleNode, on: On): On {
  return type === "number" ? null : on;
}

function readsHigherBars({ kind, args }: RuleNode): boolean {
  return kind === "timeframe" || args.some(readsHigherBars);
}
