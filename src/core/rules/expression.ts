import type { Arithmetic, Comparison, Connective } from "./syntax.ts";
import type { Clock, FunctionName, IndicatorCall, Price } from "./vocabulary.ts";

/** What an expression has: one f32 a bar, true, false or unknown a bar, or one f64 for all bars. */
export type RuleType = "series" | "condition" | "number";

/** What an expression is made of. */
export type RuleKind =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "price"; readonly price: Price }
  | { readonly kind: "clock"; readonly clock: Clock }
  | { readonly kind: "column"; readonly column: string }
  | { readonly kind: "truth"; readonly truth: boolean }
  | { readonly kind: "minus" }
  | { readonly kind: "arithmetic"; readonly operator: Arithmetic }
  | { readonly kind: "comparison"; readonly operator: Comparison }
  | { readonly kind: "not" }
  | { readonly kind: "logic"; readonly operator: Connective }
  | {
    readonly kind: "function";
    readonly name: Exclude<FunctionName, "between_times" | "on_timeframe" | "col">;
  }
  | { readonly kind: "indicator"; readonly call: IndicatorCall; readonly output: string }
  | { readonly kind: "session"; readonly session: Session }
  | { readonly kind: "timeframe"; readonly timeframe: string };

/** Wall clock of a zone, minutes since midnight; over midnight when start is above end. */
export interface Session {
  readonly startMinute: number;
  readonly endMinute: number;
  readonly zone: string;
}

/** A distinct subexpression: two that have the same text on the same bars are one node. */
export type RuleNode = RuleKind & {
  /** Counts from 0; arguments come before what they are arguments of. */
  readonly id: number;
  readonly type: RuleType;
  /** Arguments in order; of an indicator in the order of its call, with those left out. */
  readonly args: readonly RuleNode[];
  /** Canonical text. */
  readonly text: string;
  /** How tightly its outermost operator binds. */
  readonly binding: number;
  /** Names of the parameters it depends on, sorted by code point. */
  readonly params: readonly string[];
  /** The timeframe whose bars it is evaluated on; null for the template's own. */
  readonly on: string | null;
};
