/** One put of a hedge. */
export interface PutLeg {
  /** Strike as a multiple of the price on the day it is bought. */
  readonly moneyness: number;
  /** Share of all contracts, 0..1. */
  readonly weight: number;
}

/** A hedge by its name: which puts are bought, for how long, and whether anew once they have expired. */
export interface PutTemplate {
  readonly slug: string;
  readonly name: string;
  /** Days from purchase to expiry, by the calendar. */
  readonly tenor_days: number;
  readonly roll: boolean;
  /** None: no hedge. The weights of several sum to 1. */
  readonly legs: readonly PutLeg[];
}

/** The weights of a template's legs may be so far from a sum of 1. */
export const weightTolerance = 1e-9;

/** Whole contracts that cover so many units, rounded down. */
export function wholeContracts(units: number, contractSize: number): number {
  return Math.floor(units / contractSize);
}

/** Contracts of each leg: what its weight gives, rounded down, and what is left over one by one in order. */
export function splitContracts(contracts: number, legs: readonly PutLeg[]): readonly number[] {
  let left = contracts;
  const whole = legs.map(({ weight }) => {
    // the tolerance is for weights such as 1/3, whose products lie just below a whole number
    const count = Math.min(Math.floor(contracts * weight + weightTolerance), left);
    left -= count;
    return count;
  });
  const each = Math.floor(left / legs.length);
  const more = left - each * legs.length;
  return whole.map((count, leg) => count + each + (leg < more ? 1 : 0));
}
