import type { RuleNode } from "./expression.ts";

/**
 * Most steps that checking a strategy may take: values of its numbers and conditions, each for each combination of the
 * parameters it depends on. They are a second or so, in which a process that serves others does nothing else.
 */
export const stepsMax = 120_000_000;

/** Says that a strategy takes more steps than {@link stepsMax}. */
export class TooManySteps extends Error {}

/** Counts the steps before they are taken, so that the same strategy is refused on every machine, and at once. */
export class Steps {
  #left = stepsMax;

  /** Throws {@link TooManySteps} where all of it would be too many. */
  take(combinations: number, nodes: readonly RuleNode[]): void {
    const seen = new Set<number>();
    const count = (node: RuleNode) => {
      if (seen.has(node.id)) return;
      seen.add(node.id);
      node.args.forEach(count);
    };
    nodes.forEach(count);
    this.#left -= combinations * seen.size;
    if (this.#left < 0) throw new TooManySteps();
  }
}
