import type { Peers } from "../benchmark.ts";
import { PeerError } from "./run_command.ts";

/** What was measured, and beside whom. */
export interface MeasuredBeside<T> {
  readonly result: T;
  readonly measured: Peers;
}

/**
 * Measures beside the peers, and once more without each that fails, which is said in a line on stderr. Rejects with
 * whatever is not a peer's failure.
 */
export async function withoutFailing<T>(
  peers: Peers,
  measure: (peers: Peers) => Promise<T>,
): Promise<MeasuredBeside<T>> {
  for (let left = peers;;) {
    try {
      return { result: await measure(left), measured: left };
    } catch (error) {
      if (!(error instanceof PeerError) || left[error.peer] === null) throw error;
      console.error(error.message);
      left = { ...left, [error.peer]: null };
    }
  }
}
