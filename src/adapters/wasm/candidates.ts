import type { Candidates, Selection } from "../../ports/compute.ts";

/** Indexes and scores of one chunk of a batch that passed the selection within the chunk. */
export interface KeptScores {
  readonly indexes: Float64Array<ArrayBuffer>;
  readonly scores: Float64Array<ArrayBuffer>;
}

/** Joins the chunks of a batch and applies the selection to the whole: at least the `keep`-th best, ties included. */
export function joinKept(
  chunks: readonly KeptScores[],
  { keep, floor }: Selection,
): Omit<Candidates, "elapsedMs"> {
  if (chunks.length === 1) return chunks[0];
  const indexes = concat(chunks.map((chunk) => chunk.indexes));
  const scores = concat(chunks.map((chunk) => chunk.scores));
  const threshold = scores.length > keep ? scores.toSorted()[scores.length - keep] : floor;
  const passes = (_: number, i: number) => scores[i] >= threshold;
  return { indexes: indexes.filter(passes), scores: scores.filter(passes) };
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
