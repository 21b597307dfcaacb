import { generator } from "../helpers/series.ts";

/** Seeded choices; the same seed and the same questions give the same answers. */
export interface Chance {
  /** True with probability `p`. */
  happens(p: number): boolean;
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number;
  /** One of the list, which must not be empty. */
  oneOf<T>(list: readonly T[]): T;
}

/** Choices drawn from a seed. */
export function seededChance(seed: number): Chance {
  const random = generator(seed);
  const below = (count: number) => Math.floor(random() * count);
  return {
    happens: (p) => random() < p,
    below,
    oneOf: (list) => list[below(list.length)]!,
  };
}
