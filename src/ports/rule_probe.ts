import type { Timeline } from "../core/bars/mod.ts";
import type { DirectionMode } from "../core/execution/mod.ts";
import type { PlannedRules, RuleNode, SideState, UnknownAtStart } from "../core/rules/mod.ts";

/** A number, true or false, or null for unknown. */
export type RuleValue = number | boolean | null;

/** A subexpression on one bar, of a series f32. */
export interface RuleReading {
  readonly node: RuleNode;
  readonly now: RuleValue;
  /** On the bar before: of a higher timeframe the higher bar before. */
  readonly before: RuleValue;
  /** Open of the higher bar that is read, epoch ms; null on the bars themselves, and where none is known yet. */
  readonly higherOpenMs: number | null;
}

/** Which variant is looked at, on which bar of the timeline. */
export interface ProbeAt {
  readonly index: number;
  readonly bar: number;
}

/** What is looked into. */
export interface ProbeInput {
  readonly timeline: Timeline;
  readonly rules: PlannedRules;
  readonly directionMode: DirectionMode;
}

/** All subexpressions of a strategy on one bar, and the states over the range. */
export interface ProbedRules {
  /** Arguments before what they are arguments of. */
  readonly readings: readonly RuleReading[];
  /** State of every bar of the timeline's slice. */
  readonly states: readonly SideState[];
}

/** Looks into rules on one bar, as a sweep evaluates them. */
export interface RuleProbe {
  /** Throws RangeError for rules with a fault, and for a bar or an index that is not there. */
  probe(input: ProbeInput, at: ProbeAt): ProbedRules;
  /**
   * Texts of variants that are unknown on the first bars of the timeline's slice. Most are known at once, which is soon
   * seen; of those that are not on thousands of bars only some variants are followed on.
   */
  unknownAtStart(
    input: Pick<ProbeInput, "timeline" | "rules">,
    indexes: readonly number[],
  ): readonly UnknownAtStart[];
}
