/** What is ranked: more is better in both numbers, `-Infinity` is worst; ruined ones are behind all others. */
export interface Ranked {
  readonly index: number;
  readonly ruined: boolean;
  readonly score: number;
  /** Decides between equal scores; the same for all where there is no second criterion. */
  readonly secondary: number;
}

/** What units are selected by before all is compared: their score, and nothing where others come first whatever theirs is. */
export function selectionScore({ ruined, score }: Pick<Ranked, "ruined" | "score">): number {
  return ruined ? -Infinity : score;
}

/** A unit in its place. Keys are hashes and dear: one is made where both numbers are equal, and is then remembered. */
export class RankedEntry<Unit extends Ranked> {
  readonly unit: Unit;
  readonly #keyOf: (index: number) => string;
  #key: string | null = null;

  /** Throws on NaN. */
  constructor(unit: Unit, keyOf: (index: number) => string) {
    const { index, score, secondary } = unit;
    if (Number.isNaN(score) || Number.isNaN(secondary)) {
      throw new RangeError(`Cannot rank unit ${index}: its score is ${score}, its secondary ${secondary}`);
    }
    this.unit = unit;
    this.#keyOf = keyOf;
  }

  get key(): string {
    return this.#key ??= this.#keyOf(this.unit.index);
  }
}

/** Negative when `a` ranks before `b`; the index settles only what numbers and key leave open. */
export function compareRanked(a: RankedEntry<Ranked>, b: RankedEntry<Ranked>): number {
  if (a.unit.ruined !== b.unit.ruined) return a.unit.ruined ? 1 : -1;
  if (a.unit.score !== b.unit.score) return a.unit.score > b.unit.score ? -1 : 1;
  if (a.unit.secondary !== b.unit.secondary) return a.unit.secondary > b.unit.secondary ? -1 : 1;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : a.unit.index - b.unit.index;
}

/** Throws unless as many units can be kept. */
export function requireCapacity(capacity: number): void {
  if (Number.isInteger(capacity) && capacity >= 1) return;
  throw new RangeError(`Cannot rank into ${capacity} places: capacity must be an integer >= 1`);
}

/**
 * The best `capacity` of any number of units: ruined ones last, then score descending, secondary descending, key ascending
 * (code units). The order is total, so what is kept does not depend on the order of arrival.
 *
 * A binary heap with the worst kept entry at the root: a score below the floor costs one comparison.
 */
export class BoundedRanking<Unit extends Ranked = Ranked> {
  readonly #capacity: number;
  readonly #keyOf: (index: number) => string;
  readonly #heap: RankedEntry<Unit>[] = [];
  #changes = 0;

  constructor(capacity: number, keyOf: (index: number) => string) {
    requireCapacity(capacity);
    this.#capacity = capacity;
    this.#keyOf = keyOf;
  }

  /** How many entries are kept, never more than the capacity. */
  get size(): number {
    return this.#heap.length;
  }

  /**
   * The score of the worst kept entry; `-Infinity` while there is room, or while a ruined one is kept. Nothing below it
   * can enter.
   */
  get floor(): number {
    return this.#heap.length < this.#capacity ? -Infinity : selectionScore(this.#heap[0]!.unit);
  }

  /** Grows whenever an entry comes in. */
  get changes(): number {
    return this.#changes;
  }

  /** Takes the unit in when it belongs among the best, and says whether it does. Throws on NaN. */
  offer(unit: Unit): boolean {
    const heap = this.#heap;
    const full = heap.length === this.#capacity;
    if (full && unit.score < this.floor) return false;
    const entry = new RankedEntry(unit, this.#keyOf);
    if (!full) {
      heap.push(entry);
      this.#siftUp(heap.length - 1);
    } else {
      if (compareRanked(entry, heap[0]!) >= 0) return false;
      heap[0] = entry;
      this.#siftDown();
    }
    this.#changes++;
    return true;
  }

  /** The kept units in no order, without the cost of their keys. */
  kept(): Unit[] {
    return this.#heap.map(({ unit }) => unit);
  }

  /** The first of the kept units; null while there are none. */
  get best(): (Unit & { readonly key: string }) | null {
    if (this.#heap.length === 0) return null;
    const { unit, key } = this.#heap.reduce((best, entry) => compareRanked(entry, best) < 0 ? entry : best);
    return { ...unit, key };
  }

  /** The kept units with their keys, best first. */
  ranked(): (Unit & { readonly key: string })[] {
    return this.#heap
      .toSorted(compareRanked)
      .map((entry) => ({ ...entry.unit, key: entry.key }));
  }

  #siftUp(from: number): void {
    const heap = this.#heap;
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (compareRanked(heap[child]!, heap[parent]!) <= 0) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  #siftDown(): void {
    const heap = this.#heap;
    let parent = 0;
    while (true) {
      const left = 2 * parent + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const worse = right < heap.length && compareRanked(heap[right]!, heap[left]!) > 0 ? right : left;
      if (compareRanked(heap[worse]!, heap[parent]!) <= 0) return;
      this.#swap(worse, parent);
      parent = worse;
    }
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b]!, this.#heap[a]!];
  }
}
