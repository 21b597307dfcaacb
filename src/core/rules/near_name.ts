import { compareCodePoints, editDistance } from "../text/mod.ts";

/** Most letters that a name may be off. */
const editsMax = 2;

/** The known name that fewest edits lead to, at most two of them; of equally near ones the first by code point. */
export function nearestWithin(name: string, known: Iterable<string>): string | null {
  let nearest: { readonly candidate: string; readonly edits: number } | null = null;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > editsMax) continue;
    const edits = editDistance(name, candidate);
    if (edits > editsMax) continue;
    const order = nearest === null
      ? -1
      : edits - nearest.edits || compareCodePoints(candidate, nearest.candidate);
    if (order < 0) nearest = { candidate, edits };
  }
  return nearest?.candidate ?? null;
}
