import { compareCodePoints } from "./python_json.ts";

/** Longer names are not compared: nobody means such a one. */
const comparedLengthMax = 64;

/**
 * Ends a sentence about a name nobody knows: the nearest known one, where one is near, and all of them, e.g.
 * `; nearest is "momentum.rsi"; known are ma.sma, momentum.rsi`. Says so where nothing is known.
 */
export function knownInstead(name: string, known: readonly string[]): string {
  if (known.length === 0) return "; there are none";
  const nearest = nearestName(name, known);
  return `${nearest === null ? "" : `; nearest is "${nearest}"`}; known are ${known.join(", ")}`;
}

/**
 * The known name that is most like the given one, without regard to case; null when none is. A name that is part of a
 * known one, or the other way round, counts as near (`rsi`, `long`); else a third of the letters may differ, of the whole or of
 * what follows the last dot. Of equally near names the first in code point order.
 */
export function nearestName(name: string, known: readonly string[]): string | null {
  const meant = name.trim().toLowerCase();
  if (meant === "" || meant.length > comparedLengthMax) return null;
  const ranked = known
    .map((candidate) => ({ candidate, cost: costOf(meant, candidate.toLowerCase()) }))
    .filter(({ cost }) => cost < Infinity)
    .sort((a, b) => a.cost - b.cost || compareCodePoints(a.candidate, b.candidate));
  return ranked[0]?.candidate ?? null;
}

/**
 * Letters to change; less than one where the name is a part of the known one, which shares of it decide among, and half of
 * the letters that are too many where the known one is a part of it.
 */
function costOf(meant: string, candidate: string): number {
  const letters = Math.abs(candidate.length - meant.length);
  const isPart = meant.length >= 2 && candidate.includes(meant);
  if (isPart) return letters / (2 * comparedLengthMax);
  const last = (name: string) => name.slice(name.lastIndexOf(".") + 1);
  return Math.min(
    meant.includes(candidate) ? letters / 2 : Infinity,
    changes(meant, candidate),
    changes(last(meant), last(candidate)) + 0.5,
  );
}

/** Letters to change, where they are few enough. */
function changes(meant: string, candidate: string): number {
  const distance = editDistance(meant, candidate);
  return distance <= Math.max(1, meant.length / 3) ? distance : Infinity;
}

/** Optimal string alignment distance: letters added, left out, replaced, or swapped with their neighbour. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(above[j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, before[j - 2]! + 1);
      }
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
