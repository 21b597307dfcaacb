/** A rule's text as a tree of what is written in it. */
export type Syntax =
  | { readonly kind: "number"; readonly value: number; readonly at: number }
  | { readonly kind: "text"; readonly text: string; readonly at: number }
  | { readonly kind: "name"; readonly name: string; readonly at: number }
  | {
    readonly kind: "unary";
    readonly operator: "-" | "not";
    readonly operand: Syntax;
    readonly at: number;
  }
  | {
    readonly kind: "binary";
    readonly operator: BinaryOperator;
    readonly left: Syntax;
    readonly right: Syntax;
    /** Where the left operand begins. */
    readonly at: number;
  }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Syntax[]; readonly at: number }
  | {
    readonly kind: "output";
    readonly of: Syntax;
    readonly name: string;
    readonly nameAt: number;
    readonly at: number;
  };

/** Comparisons of two values. */
export const comparisons = ["<", "<=", ">", ">=", "==", "!="] as const;

/** A comparison of two values. */
export type Comparison = typeof comparisons[number];

/** Arithmetic of two values. */
export type Arithmetic = "+" | "-" | "*" | "/";

/** Logic of two conditions. */
export type Connective = "and" | "or" | "xor";

/** What stands between two operands. */
export type BinaryOperator = Arithmetic | Comparison | Connective;

/** How tightly things bind, weakest first; operators of one strength group to the left, comparisons do not chain. */
export const binding = {
  or: 1,
  xor: 2,
  and: 3,
  not: 4,
  comparison: 5,
  sum: 6,
  product: 7,
  minus: 8,
  atom: 9,
} as const;

/** Strength of an operator that stands between two operands. */
export function bindingOf(operator: BinaryOperator): number {
  if (operator === "or" || operator === "xor" || operator === "and") return binding[operator];
  if (operator === "+" || operator === "-") return binding.sum;
  return operator === "*" || operator === "/" ? binding.product : binding.comparison;
}

/** Whether it compares. */
export function isComparison(operator: string): operator is Comparison {
  return comparisons.some((known) => known === operator);
}

/** Parts of a node in the order in which they stand. */
export function partsOf(node: Syntax): readonly Syntax[] {
  switch (node.kind) {
    case "unary":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "call":
      return node.args;
    case "output":
      return [node.of];
    default:
      return [];
  }
}
