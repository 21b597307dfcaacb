/**
 * Places for values of one kind: some belong to one node each, the others are shared, and there the value not used for the
 * longest time makes room.
 */
export class ValueSlots {
  readonly #own: Int32Array;
  readonly #sharedCount: number;
  // a Map iterates in order of insertion, and a key used is inserted anew: the first one is the oldest
  readonly #shared = new Map<number, number>();

  /** Empty places. Values of one evaluation never push out each other when no more of them share than there are places. */
  constructor({ own, shared }: { readonly own: number; readonly shared: number }) {
    this.#own = new Int32Array(own).fill(-1);
    this.#sharedCount = shared;
  }

  /** Of every value that shares places and is there, how many were used after it. */
  ages(): ReadonlyMap<number, number> {
    return new Map([...this.#shared.keys()].reverse().map((key, age) => [key, age]));
  }

  /** The place of a value that is there, else undefined. `own` is its node's place, null for one that shares. */
  held(key: number, own: number | null): number | undefined {
    if (own !== null) return this.#own[own] === key ? own : undefined;
    const slot = this.#shared.get(key);
    if (slot === undefined) return undefined;
    this.#shared.delete(key);
    this.#shared.set(key, slot);
    return slot;
  }

  /** A place for a value that is not there. */
  claim(key: number, own: number | null): number {
    if (own !== null) {
      this.#own[own] = key;
      return own;
    }
    let slot = this.#own.length + this.#shared.size;
    if (this.#shared.size >= this.#sharedCount) {
      const [oldest, freed] = this.#shared.entries().next().value!;
      this.#shared.delete(oldest);
      slot = freed;
    }
    this.#shared.set(key, slot);
    return slot;
  }
}
