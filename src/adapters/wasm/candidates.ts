import { isRuined } from "../../core/execution/mod.ts";
import { selectionScore } from "../../core/ranking/mod.ts";
import type { Candidates, Selection } from "../../ports/compute.ts";

/** What passed the selection within one chunk of a batch. */
export type KeptScores = Omit<Candidates, "elapsedMs">;

/** Joins the chunks of a batch and applies the selection to the whole: at least the `keep`-th best, ties included. */
export function joinKept(chunks: readonly KeptScores[], { keep, floor }: Selection): KeptScores {
  if (chunks.length === 1) return chunks[0]!;
  const sameReturns = chunks[0]!.returns === chunks[0]!.scores;
  const scores = concat(chunks.map((chunk) => sameReturns ? chunk.scores : selectionScores(chunk)));
  const threshold = scores.length > keep ? scores.toSorted()[scores.length - keep]! : floor;
  const pick = (column: (chunk: KeptScores) => Float64Array) =>
    concat(chunks.map(column)).filter((_, i) => scores[i]! >= threshold);
  const kept = pick((chunk) => chunk.scores);
  return {
    indexes: pick((chunk) => chunk.indexes),
    scores: kept,
    secondary: chunks[0]!.secondary === null ? null : pick((chunk) => chunk.secondary!),
    returns: sameReturns ? kept : pick((chunk) => chunk.returns),
  };
}

function selectionScores({ scores, returns }: KeptScores): Float64Array<ArrayBuffer> {
  return scores.map((score, i) => selectionScore({ score, ruined: isRuined(returns[i]!) }));
}

function concat(parts: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const joined = new Float64Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
