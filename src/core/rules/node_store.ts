import { compareCodePoints } from "../text/mod.ts";
import type { RuleKind, RuleNode, RuleType } from "./expression.ts";
import { canonicalText } from "./canonical_text.ts";

/** What a node is made of, before it is known whether there is one like it. */
export interface NodeParts {
  readonly made: RuleKind;
  readonly type: RuleType;
  readonly args?: readonly RuleNode[];
  readonly on?: string | null;
}

/** All distinct subexpressions of a strategy. */
export class NodeStore {
  readonly #byKey = new Map<string, RuleNode>();

  /** The node of these parts: a known one, or a new one. */
  node({ made, type, args = [], on = null }: NodeParts): RuleNode {
    const { text, binding } = canonicalText(made, args);
    const key = `${on ?? ""}|${type}|${text}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const own = made.kind === "parameter" ? [made.name] : [];
    const names = new Set([...own, ...args.flatMap(({ params }) => params)]);
    const params = [...names].sort(compareCodePoints);
    const node: RuleNode = { ...made, id: this.#byKey.size, type, args, text, binding, params, on };
    this.#byKey.set(key, node);
    return node;
  }

  /** The same expression on the bars of a timeframe. Numbers have no bars and stay as they are. */
  lift(node: RuleNode, on: string): RuleNode {
    if (node.type === "number") return node;
    const args = node.args.map((arg) => this.lift(arg, on));
    return this.node({ made: node, type: node.type, args, on });
  }
}
