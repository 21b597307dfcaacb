import { warning } from "../errors/mod.ts";
import { findIndicator } from "./catalogue.ts";

/**
 * What a reader of results must know about the indicators they are made with: one sentence per id that reads bars of
 * the future, in the order given. Empty for honest strategies.
 */
export function lookAheadWarnings(indicatorIds: readonly string[]): string[] {
  return indicatorIds.flatMap((id) => {
    const lookAhead = findIndicator(id)?.lookAhead ?? 0;
    if (lookAhead === 0) return [];
    const bars = typeof lookAhead === "number" ? lookAhead : `\`${lookAhead}\``;
    const sentence = `${id} reads ${bars} bars of the future, live trading cannot reach these results`;
    return [warning("look_ahead", sentence)];
  });
}
