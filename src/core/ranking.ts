/** What is ranked: more is better in both numbers, `-Infinity` is worst. */
export interface Ranked {
  readonly index: number;
  readonly score: number;
  /** Decides between equal scores; the same for all where there is no second criterion. */
  readonly secondary: number;
}

interface Entry<Unit> {
  readonly unit: Unit;
  /** Null until two equal units or the final list ask for it. */
  key: string | null;
}

/**
 * The best `capacity` of any number of units: score descending, then secondary descending, then key ascending (code
 * units). The order is total, so what is kept does not depend on the order of arrival.
 *
 * A binary heap with the worst kept entry at the root: a score below the floor costs one comparison. Keys are hashes and
 * dear, so `keyOf` is asked only where both numbers are equal, and its answer is remembered while the entry is kept.
 */
export class BoundedRanking<Unit extends Ranked = Ranked> {
  readonly #capacity: number;
  readonly #keyOf: (index: number) => string;
  readonly #heap: Entry<Unit>[] = [];
  #changes = 0;

  constructor(capacity: number, keyOf: (index: number) => string) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`Cannot rank into ${capacity} places: capacity must be an integer >= 1`);
    }
    this.#capacity = capacity;
    this.#keyOf = keyOf;
  }

  /** How many entries are kept, never more than the capacity. */
  get size(): number {
    return this.#heap.length;
  }

  /** The score of the worst kept entry; `-Infinity` while there is room. Nothing below it can enter. */
  get floor(): number {
    return this.#heap.length < this.#capacity ? -Infinity : this.#heap[0].unit.score;
  }

  /** Grows whenever an entry comes in. */
  get changes(): number {
    return this.#changes;
  }

  /** Takes the unit in when it belongs among the best, and says whether it does. Throws on NaN. */
  offer(unit: Unit): boolean {
    const { index, score, secondary } = unit;
    if (Number.isNaN(score) || Number.isNaN(secondary)) {
      throw new RangeError(`Cannot rank unit ${index}: its score is ${score}, its secondary ${secondary}`);
    }
    const heap = this.#heap;
    if (heap.length < this.#capacity) {
      heap.push({ unit, key: null });
      this.#siftUp(heap.length - 1);
    } else {
      if (score < heap[0].unit.score) return false;
      const entry: Entry<Unit> = { unit, key: null };
      if (this.#compare(entry, heap[0]) >= 0) return false;
      heap[0] = entry;
      this.#siftDown();
    }
    this.#changes++;
    return true;
  }

  /** The kept units with their keys, best first. */
  ranked(): (Unit & { readonly key: string })[] {
    return this.#heap
      .toSorted((a, b) => this.#compare(a, b))
      .map((entry) => ({ ...entry.unit, key: this.#key(entry) }));
  }

  // negative when `a` ranks before `b`; the index settles only what numbers and key leave open
  #compare(a: Entry<Unit>, b: Entry<Unit>): number {
    if (a.unit.score !== b.unit.score) return a.unit.score > b.unit.score ? -1 : 1;
    if (a.unit.secondary !== b.unit.secondary) return a.unit.secondary > b.unit.secondary ? -1 : 1;
    const keyA = this.#key(a);
    const keyB = this.#key(b);
    return keyA < keyB ? -1 : keyA > keyB ? 1 : a.unit.index - b.unit.index;
  }

  #key(entry: Entry<Unit>): string {
    return entry.key ??= this.#keyOf(entry.unit.index);
  }

  #siftUp(from: number): void {
    const heap = this.#heap;
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (this.#compare(heap[child], heap[parent]) <= 0) return;
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
      const worse = right < heap.length && this.#compare(heap[right], heap[left]) > 0 ? right : left;
      if (this.#compare(heap[worse], heap[parent]) <= 0) return;
      this.#swap(worse, parent);
      parent = worse;
    }
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b], this.#heap[a]];
  }
}
