import { isRuined } from "../core/execution/mod.ts";
import type { Ranked } from "../core/ranking/mod.ts";
import type { Candidates } from "../ports/compute.ts";

/** One variant of a batch as it is ranked. */
export interface ScoredUnit extends Ranked {
  readonly totalReturnPct: number;
}

/** The variants of a batch, with indexes made of those within the batch. */
export function* scoredUnits(
  { indexes, scores, secondary, returns }: Candidates,
  numbered = (index: number) => index,
): Generator<ScoredUnit> {
  for (let i = 0; i < indexes.length; i++) {
    yield {
      index: numbered(indexes[i]!),
      ruined: isRuined(returns[i]!),
      score: scores[i]!,
      secondary: secondary === null ? 0 : secondary[i]!,
      totalReturnPct: returns[i]!,
    };
  }
}
