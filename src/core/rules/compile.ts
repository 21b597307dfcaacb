import { Combinations } from "./combinations.ts";
import { namesIn, nodesMax, orderDefinitions, reached, sizeOf } from "./definitions.ts";
import type { RuleNode } from "./expression.ts";
import { type RuleFault, TextFault } from "./fault.ts";
import { checkNumbers, type PlacedCheck } from "./combination_checks.ts";
import { NodeStore } from "./node_store.ts";
import { nameFault, readParams, type RuleAxisSpec, type RuleParam } from "./params.ts";
import { parseRule } from "./parser.ts";
import { Steps, stepsMax, TooManySteps } from "./steps.ts";
import type { Syntax } from "./syntax.ts";
import { Abandoned, checkText, type TextScope } from "./text_check.ts";

/** When a side is entered and left, as texts. */
export interface SideSpec {
  readonly enter: string;
  /** Null or absent: as soon as `enter` is not true. */
  readonly exit?: string | null;
}

/** The rules of a template as a request writes them. */
export interface RulesSpec {
  readonly params?: Readonly<Record<string, RuleAxisSpec>>;
  readonly where?: readonly string[];
  readonly define?: Readonly<Record<string, string>>;
  readonly long?: SideSpec | null;
  readonly short?: SideSpec | null;
}

/** When a side is entered and left. */
export interface CompiledSide {
  readonly enter: RuleNode;
  readonly exit: RuleNode | null;
}

/** A strategy whose texts, types and numbers are right for every kept combination of its parameters. */
export interface CompiledRules {
  readonly long: CompiledSide | null;
  readonly short: CompiledSide | null;
  /** Sorted by name. */
  readonly params: readonly RuleParam[];
  readonly combinations: Combinations;
  /** All distinct subexpressions that a side needs, arguments before what they are arguments of. */
  readonly nodes: readonly RuleNode[];
  /** Parameters that no side depends on. */
  readonly unused: readonly string[];
  /** Sides held for one bar: without an exit, and entered on a crossing. */
  readonly heldOneBar: readonly ("long" | "short")[];
}

/** What came of compiling: a strategy, or everything that is wrong with it. */
export type Compilation =
  | { readonly rules: CompiledRules; readonly faults: readonly [] }
  | { readonly rules: null; readonly faults: readonly RuleFault[] };

/** Most conditions in `where`. */
export const whereMax = 16;

// a request is read, planned and run with the same rules, and they may take a second to check
const known = new WeakMap<RulesSpec, { readonly timeframe: string; readonly compilation: Compilation }>();

/**
 * Checks and compiles the rules of a template of this timeframe, once for each object: it must not be changed. Paths of
 * faults are below `rules`.
 */
export function compileRules(spec: RulesSpec, { timeframe }: { readonly timeframe: string }): Compilation {
  const before = known.get(spec);
  if (before?.timeframe === timeframe) return before.compilation;
  const compilation = new Compiler(spec, timeframe).compile();
  known.set(spec, { timeframe, compilation });
  return compilation;
}

const sides = ["long", "short"] as const;

class Compiler {
  readonly #faults: RuleFault[] = [];
  readonly #store = new NodeStore();
  readonly #checks: PlacedCheck[] = [];
  readonly #spec: RulesSpec;
  readonly #timeframe: string;
  readonly #trees = new Map<string, Syntax>();

  constructor(spec: RulesSpec, timeframe: string) {
    this.#spec = spec;
    this.#timeframe = timeframe;
  }

  compile(): Compilation {
    const { where = [], define = {} } = this.#spec;
    const texts = this.#sideTexts();
    if (texts.size === 0) this.#refuse("", "a long or a short side is needed");
    if (where.length > whereMax) {
      this.#refuse("where", `at most ${whereMax} conditions, found ${where.length}`);
    }
    const named = Object.entries(define);
    if (named.length > nodesMax) {
      this.#refuse("define", `at most ${nodesMax} definitions, found ${named.length}`);
      return this.#refused();
    }
    const { params, faults } = readParams(this.#spec.params ?? {});
    this.#faults.push(...faults);
    for (const [path, text] of [...texts, ...where.map((text, i) => [`where[${i}]`, text] as const)]) {
      this.#attempt(path, () => this.#trees.set(path, parseRule(text)));
    }
    for (const [name, text] of named) this.#readDefinition(name, text);
    const scope = this.#scope(params);
    const uses = this.#define(scope);
    const roots = uses === null ? new Map<string, RuleNode>() : this.#checkSides(texts, scope);
    const conditions = where.flatMap((_, i) => this.#checkWhere(`where[${i}]`, scope));
    if (this.#faults.length > 0) return this.#refused();
    const combinations = this.#combinations(params, conditions);
    if (this.#faults.length === 0) this.#refuseUnused(texts, uses!);
    return this.#faults.length > 0
      ? this.#refused()
      : compiled(roots, { params, combinations: combinations! });
  }

  /** The kept combinations, once windows and numbers are right for each; null, with a fault, where none is kept. */
  #combinations(params: readonly RuleParam[], conditions: readonly RuleNode[]): Combinations | null {
    try {
      const steps = new Steps();
      const combinations = new Combinations(params, conditions, steps);
      if (combinations.kept === 0) {
        this.#refuse("where", `no combination is left of ${combinations.total}`);
        return null;
      }
      this.#faults.push(...checkNumbers(this.#checks, { params, combinations, steps }));
      return combinations;
    } catch (error) {
      if (!(error instanceof TooManySteps)) throw error;
      const counts = params.map(({ name, values }) => `${name} ${values.length}`).join(", ");
      const message =
        `checking all combinations (${counts}) takes more than ${stepsMax} steps: fewer values, or ` +
        "conditions and numbers of fewer parameters";
      this.#refuse("params", message);
      return null;
    }
  }

  #refused(): Compilation {
    return { rules: null, faults: this.#faults };
  }

  #refuse(path: string, message: string): void {
    this.#faults.push({ path, position: null, message });
  }

  /** Runs a step of one text; its fault is put down, and that of another text it depends on is left to that one. */
  #attempt<T>(path: string, step: () => T): T | null {
    try {
      return step();
    } catch (error) {
      if (error instanceof TextFault) {
        this.#faults.push({ path, position: error.position, message: error.message });
      } else if (!(error instanceof Abandoned)) throw error;
      return null;
    }
  }

  #sideTexts(): ReadonlyMap<string, string> {
    return new Map(sides.flatMap((side) => {
      const { enter, exit = null } = this.#spec[side] ?? {};
      if (enter === undefined) return [];
      const texts: [string, string][] = [[`${side}.enter`, enter]];
      return exit === null ? texts : [...texts, [`${side}.exit`, exit]];
    }));
  }

  #readDefinition(name: string, text: string): void {
    const path = `define.${name}`;
    const isParam = Object.hasOwn(this.#spec.params ?? {}, name);
    const said = nameFault(name, "definition") ??
      (isParam ? `${JSON.stringify(name)} is a parameter already` : null);
    if (said !== null) return this.#refuse(path, said);
    this.#attempt(path, () => this.#trees.set(path, parseRule(text)));
  }

  #scope(read: readonly RuleParam[]): TextScope & { readonly definitions: Map<string, RuleNode | null> } {
    const params = new Map<string, "number" | "series" | null>(
      Object.keys(this.#spec.params ?? {}).map((name) => [name, null]),
    );
    for (const { name, type } of read) params.set(name, type);
    const definitions = new Map<string, RuleNode | null>(
      Object.keys(this.#spec.define ?? {}).map((name) => [name, null]),
    );
    return { store: this.#store, params, definitions, timeframe: this.#timeframe, numbersOnly: false };
  }

  /**
   * Types the definitions, each after those it uses, and puts them into the scope; what uses what. Null where the sides
   * are too large to be typed.
   */
  #define(
    scope: TextScope & { readonly definitions: Map<string, RuleNode | null> },
  ): ReadonlyMap<string, readonly string[]> | null {
    const prefix = "define.";
    const trees = new Map(
      [...this.#trees].filter(([path]) => path.startsWith(prefix)).map(([path, tree]) =>
        [path.slice(prefix.length), tree] as const
      ),
    );
    const { order, circular } = orderDefinitions(trees);
    for (const name of circular) this.#refuse(`define.${name}`, "used in its own definition");
    const sizes = new Map<string, number>();
    for (const name of order) sizes.set(name, sizeOf(trees.get(name)!, sizes));
    const total = [...this.#trees].filter(([path]) => sides.some((side) => path.startsWith(`${side}.`)))
      .reduce((size, [, tree]) => size + sizeOf(tree, sizes), 0);
    if (total > nodesMax) {
      this.#refuse("", `at most ${nodesMax} nodes, found ${total}`);
      return null;
    }
    for (const name of order) {
      const path = `define.${name}`;
      if (sizes.get(name)! > nodesMax) {
        this.#refuse(path, `at most ${nodesMax} nodes, found ${sizes.get(name)}`);
        continue;
      }
      const checked = this.#attempt(path, () => checkText(trees.get(name)!, { ...scope, wanted: "any" }));
      scope.definitions.set(name, checked?.node ?? null);
      for (const check of checked?.checks ?? []) this.#checks.push({ path, check });
    }
    return new Map([...trees].map(([name, tree]) => [name, [...namesIn(tree)]]));
  }

  #checkSides(texts: ReadonlyMap<string, string>, scope: TextScope): Map<string, RuleNode> {
    const roots = new Map<string, RuleNode>();
    for (const path of texts.keys()) {
      const tree = this.#trees.get(path);
      if (tree === undefined) continue;
      const checked = this.#attempt(path, () => checkText(tree, { ...scope, wanted: "condition" }));
      if (checked === null) continue;
      roots.set(path, checked.node);
      for (const check of checked.checks) this.#checks.push({ path, check });
    }
    return roots;
  }

  #checkWhere(path: string, scope: TextScope): readonly RuleNode[] {
    const tree = this.#trees.get(path);
    if (tree === undefined) return [];
    const asked = { ...scope, numbersOnly: true, wanted: "condition" } as const;
    const checked = this.#attempt(path, () => checkText(tree, asked));
    return checked === null ? [] : [checked.node];
  }

  #refuseUnused(texts: ReadonlyMap<string, string>, uses: ReadonlyMap<string, readonly string[]>): void {
    const named = [...texts.keys()].flatMap((path) => [...namesIn(this.#trees.get(path)!)]);
    const used = reached(named, uses);
    for (const name of uses.keys()) if (!used.has(name)) this.#refuse(`define.${name}`, "used by no rule");
  }
}

function compiled(
  roots: ReadonlyMap<string, RuleNode>,
  { params, combinations }: Pick<CompiledRules, "params" | "combinations">,
): Compilation {
  const sideOf = (side: "long" | "short"): CompiledSide | null => {
    const enter = roots.get(`${side}.enter`);
    return enter === undefined ? null : { enter, exit: roots.get(`${side}.exit`) ?? null };
  };
  const [long, short] = [sideOf("long"), sideOf("short")];
  const needed = new Map<number, RuleNode>();
  const collect = (node: RuleNode) => {
    if (needed.has(node.id)) return;
    node.args.forEach(collect);
    needed.set(node.id, node);
  };
  [...roots.values()].forEach(collect);
  const used = new Set([...roots.values()].flatMap((node) => node.params));
  const rules: CompiledRules = {
    long,
    short,
    params,
    combinations,
    nodes: [...needed.values()],
    unused: params.map(({ name }) => name).filter((name) => !used.has(name)),
    heldOneBar: sides.filter((side) => {
      const rule = side === "long" ? long : short;
      return rule !== null && rule.exit === null && crossesAtOnce(rule.enter);
    }),
  };
  return { rules, faults: [] };
}

/** Whether a crossing has to be true for it to be true. */
function crossesAtOnce(node: RuleNode): boolean {
  if (node.kind === "logic" && node.operator === "and") return node.args.some(crossesAtOnce);
  return node.kind === "function" && ["crosses_above", "crosses_below", "crosses"].includes(node.name);
}
