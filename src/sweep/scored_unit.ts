import { isRuined } from "../core/execution/mod.ts";
import type { Ranked } from "../core/ranking/mod.ts";
import type { Candidates } from "../ports/compute.ts";

/** One variant of a batch as it is ranked. */
export interface ScoredUnit extends Ranked {
  readonly totalReturnPct: number;
}

/** The variants of a batch, their indexes counted from `offset`. */
export function* scoredUnits(
  { indexes, scores, secondary, returns }: Candidates,
  offset = 0,
): Generator<ScoredUnit> {
  for (let i = 0; i < indexes.length; i++) {
    yield {
      index: offset + indexes[i]!,
      ruined: isRuined(returns[i]!),
      score: scores[i]!,
      secondary: secondary === null ? 0 : secondary[i]!,
      totalReturnPct: returns[i]!,
    };
  }
}
