/** Places for a bounded number of values; the one not used for the longest time makes room. */
export class ValueSlots {
  readonly #count: number;
  // a Map iterates in order of insertion, and a key used is inserted anew: the first one is the oldest
  readonly #slots = new Map<number, number>();

  /** `count` empty places; values of one evaluation never push out each other when it needs no more. */
  constructor(count: number) {
    this.#count = count;
  }

  /** The place of a value that is there, else undefined. */
  held(key: number): number | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    this.#slots.delete(key);
    this.#slots.set(key, slot);
    return slot;
  }

  /** A place for a value that is not there. */
  claim(key: number): number {
    let slot = this.#slots.size;
    if (slot >= this.#count) {
      const [oldest, freed] = this.#slots.entries().next().value!;
      this.#slots.delete(oldest);
      slot = freed;
    }
    this.#slots.set(key, slot);
    return slot;
  }
}
