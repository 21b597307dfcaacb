import type { SweepInput } from "../../src/ports/compute.ts";

/** Stop and target in percent, null for off. */
export interface Levels {
  readonly sl: number | null;
  readonly tp: number | null;
}

/** What a bar-by-bar engine is given: every tape is traded with every pair of levels. */
export interface TapeRun {
  readonly input: SweepInput;
  /** Signals of some base variants, see `signalTape`. */
  readonly tapes: readonly Uint8Array[];
  readonly levels: readonly Levels[];
  /** Total returns in percent that must come out, tape by tape. */
  readonly expected: readonly number[];
  /** Timed repetitions. */
  readonly runs: number;
}
