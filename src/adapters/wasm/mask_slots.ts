/** Places for a bounded number of mask pairs; the one not used for the longest time makes room. */
export interface MaskSlots {
  /** The slot of mask pair `key`; `fill` is called first when it holds another one. */
  slotOf(key: number, fill: (slot: number) => void): number;
}

/** `count` empty slots. A variant uses up to `count` mask pairs at a time without one pushing out another. */
export function createMaskSlots(count: number): MaskSlots {
  // A Map iterates in order of insertion, and a key used is inserted anew: the first one is the oldest.
  const slots = new Map<number, number>();
  return {
    slotOf(key, fill) {
      let slot = slots.get(key);
      if (slot !== undefined) {
        slots.delete(key);
      } else {
        slot = freeSlot(slots, count);
        fill(slot);
      }
      slots.set(key, slot);
      return slot;
    },
  };
}

function freeSlot(slots: Map<number, number>, count: number): number {
  if (slots.size < count) return slots.size;
  const [oldest, slot] = slots.entries().next().value!;
  slots.delete(oldest);
  return slot;
}
