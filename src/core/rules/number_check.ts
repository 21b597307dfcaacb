import type { RuleNode } from "./expression.ts";

/** What has to hold of the numbers of a text for every combination of parameters. */
export type NumberCheck =
  | { readonly kind: "finite"; readonly node: RuleNode; readonly at: number }
  | {
    readonly kind: "bounds";
    readonly node: RuleNode;
    readonly at: number;
    /** Call and argument, such as `ema: argument 2 (window)`. */
    readonly label: string;
    readonly min?: number;
    readonly max?: number;
    readonly integer?: boolean;
  }
  | {
    readonly kind: "order";
    readonly name: string;
    readonly low: { readonly name: string; readonly node: RuleNode };
    readonly high: { readonly name: string; readonly node: RuleNode };
    readonly at: number;
  };
