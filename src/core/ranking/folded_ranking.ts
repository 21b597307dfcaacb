import { compareRanked, type Ranked, RankedEntry, requireCapacity, selectionScore } from "./ranking.ts";

/** A unit and what its trades are recognised by: equal digests are equal trades. */
export interface Folded extends Ranked {
  readonly digest: string;
}

/**
 * The best `capacity` of any number of units, of those with equal trades only the one of the smallest key; the order is
 * that of `BoundedRanking`. What is kept does not depend on the order of arrival: a unit that is the best of its trades
 * finds a place when it comes if it has one at the end, since whatever ranks before it then is there at the end, too.
 */
export class FoldedRanking<Unit extends Folded = Folded> {
  readonly #capacity: number;
  readonly #keyOf: (index: number) => string;
  /** Best first. */
  readonly #entries: RankedEntry<Unit>[] = [];
  readonly #byDigest = new Map<string, RankedEntry<Unit>>();
  #changes = 0;

  constructor(capacity: number, keyOf: (index: number) => string) {
    requireCapacity(capacity);
    this.#capacity = capacity;
    this.#keyOf = keyOf;
  }

  /** How many entries are kept, never more than the capacity. */
  get size(): number {
    return this.#entries.length;
  }

  /** See `BoundedRanking.floor`. */
  get floor(): number {
    return this.#full ? selectionScore(this.#entries.at(-1)!.unit) : -Infinity;
  }

  /** Grows whenever an entry comes in. */
  get changes(): number {
    return this.#changes;
  }

  /** Whether the unit would come in if nothing that is kept had its trades. A no holds for good. Throws on NaN. */
  admits(unit: Ranked): boolean {
    const entry = new RankedEntry(unit, this.#keyOf);
    return !this.#full || compareRanked(entry, this.#entries.at(-1)!) < 0;
  }

  /** Takes the unit in when it belongs among the best, and says whether it does. Throws on NaN. */
  offer(unit: Unit): boolean {
    const entry = new RankedEntry(unit, this.#keyOf);
    const alike = this.#byDigest.get(unit.digest);
    if (alike !== undefined) {
      if (compareRanked(entry, alike) >= 0) return false;
      this.#entries.splice(this.#placeOf(alike), 1);
    } else if (this.#full) {
      const worst = this.#entries.at(-1)!;
      if (compareRanked(entry, worst) >= 0) return false;
      this.#entries.pop();
      this.#byDigest.delete(worst.unit.digest);
    }
    this.#entries.splice(this.#placeOf(entry), 0, entry);
    this.#byDigest.set(unit.digest, entry);
    this.#changes++;
    return true;
  }

  /** The kept units with their keys, best first. */
  ranked(): (Unit & { readonly key: string })[] {
    return this.#entries.map((entry) => ({ ...entry.unit, key: entry.key }));
  }

  get #full(): boolean {
    return this.#entries.length === this.#capacity;
  }

  /** Where the entry stands, or would. */
  #placeOf(entry: RankedEntry<Unit>): number {
    let from = 0;
    let to = this.#entries.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (compareRanked(this.#entries[middle]!, entry) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
