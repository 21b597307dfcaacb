/** A ranked unit: its index, its score, and the key that decides between equal scores. */
export interface RankedEntry {
  readonly index: number;
  readonly score: number;
  readonly key: string;
}

interface Entry {
  readonly index: number;
  readonly score: number;
  /** Null until an equal score or the final list asks for it. */
  key: string | null;
}

/**
 * The best `capacity` of any number of scores: score descending, then key ascending (code units). The order is total,
 * so what is kept does not depend on the order of arrival.
 *
 * A binary heap with the worst kept entry at the root: a score below the floor costs one comparison. Keys are hashes and
 * dear, so `keyOf` is asked only where two scores are equal, and its answer is remembered while the entry is kept.
 */
export class BoundedRanking {
  readonly #capacity: number;
  readonly #keyOf: (index: number) => string;
  readonly #heap: Entry[] = [];
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
    return this.#heap.length < this.#capacity ? -Infinity : this.#heap[0].score;
  }

  /** Grows whenever an entry comes in. */
  get changes(): number {
    return this.#changes;
  }

  /** Takes the unit in when it belongs among the best, and says whether it does. Throws on NaN. */
  offer(index: number, score: number): boolean {
    if (Number.isNaN(score)) throw new RangeError(`Cannot rank unit ${index}: its score is NaN`);
    const heap = this.#heap;
    if (heap.length < this.#capacity) {
      heap.push({ index, score, key: null });
      this.#siftUp(heap.length - 1);
    } else {
      if (score < heap[0].score) return false;
      const entry: Entry = { index, score, key: null };
      if (this.#compare(entry, heap[0]) >= 0) return false;
      heap[0] = entry;
      this.#siftDown();
    }
    this.#changes++;
    return true;
  }

  /** The kept entries, best first. */
  ranked(): RankedEntry[] {
    return this.#heap
      .toSorted((a, b) => this.#compare(a, b))
      .map((entry) => ({ index: entry.index, score: entry.score, key: this.#key(entry) }));
  }

  // negative when `a` ranks before `b`; the index settles only what score and key leave open
  #compare(a: Entry, b: Entry): number {
    if (a.score !== b.score) return a.score > b.score ? -1 : 1;
    const keyA = this.#key(a);
    const keyB = this.#key(b);
    return keyA < keyB ? -1 : keyA > keyB ? 1 : a.index - b.index;
  }

  #key(entry: Entry): string {
    return entry.key ??= this.#keyOf(entry.index);
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
