import { batchPauseMs, foldChunk } from "../core/limits/mod.ts";
import { type Folded, FoldedRanking } from "../core/ranking/mod.ts";
import type { Candidates, ComputeSession, VariantPoint } from "../ports/compute.ts";
import { unitsWithin } from "./batch_size.ts";
import { type ScoredUnit, scoredUnits } from "./scored_unit.ts";

/** A scored variant and the digest of its trades. */
export interface FoldedUnit extends ScoredUnit, Folded {}

/** The best variants of a batch, one for each list of trades. */
export interface FoldedBatch {
  readonly units: readonly FoldedUnit[];
  /** Compute time, digests included, in ms. */
  readonly elapsedMs: number;
}

/** What a batch is folded with. */
export interface FoldOptions {
  readonly session: ComputeSession;
  /** Bars with warm-up. */
  readonly bars: number;
  /** The ranking of all batches so far. */
  readonly ranking: FoldedRanking<FoldedUnit>;
  readonly topK: number;
  readonly keyOf: (index: number) => string;
  readonly locate: (index: number) => VariantPoint;
  /** Indexes of variants, from those of the candidates. */
  readonly numbered: (index: number) => number;
  /** Called after every {@link batchPauseMs} of compute time; a rejection stops the batch and is passed on. */
  pause(): Promise<void>;
}

/**
 * Folds the candidates of a batch, best first, so that few need a digest: a variant that has no place in the ranking of
 * all batches so far, or in that of its own, whatever its trades, never will have one.
 */
export async function foldBatch(candidates: Candidates, options: FoldOptions): Promise<FoldedBatch> {
  const { session, bars, ranking, topK, keyOf, locate, numbered } = options;
  const own = new FoldedRanking<FoldedUnit>(topK, keyOf);
  const units = [...scoredUnits(candidates, numbered)].sort(byScore);
  let elapsedMs = candidates.elapsedMs;
  const chunkMax = Math.min(foldChunk, unitsWithin(bars));
  let pausedMs = 0;
  let next = 0;
  while (next < units.length) {
    if (elapsedMs - pausedMs >= batchPauseMs) {
      pausedMs = elapsedMs;
      await options.pause();
    }
    const chunk: ScoredUnit[] = [];
    for (; next < units.length && chunk.length < chunkMax; next++) {
      const unit = units[next]!;
      if (ranking.admits(unit) && own.admits(unit)) chunk.push(unit);
    }
    if (chunk.length === 0) break;
    const told = await session.digestTrades(chunk.map(({ index }) => locate(index)));
    elapsedMs += told.elapsedMs;
    chunk.forEach((unit, i) => own.offer({ ...unit, digest: told.digests[i]! }));
  }
  return { units: own.ranked(), elapsedMs };
}

function byScore(a: ScoredUnit, b: ScoredUnit): number {
  if (a.score !== b.score) return a.score > b.score ? -1 : 1;
  if (a.secondary !== b.secondary) return a.secondary > b.secondary ? -1 : 1;
  return a.index - b.index;
}
