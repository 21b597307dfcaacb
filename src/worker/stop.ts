/** Why a worker stops working on a job without an error of the job's own. */
export type StopReason = "cancelled" | "lease_lost" | "released";

/**
 * Unwinds a job's stages at a boundary. `cancelled` and `released` still have to be written; `lease_lost` means that this
 * process must not touch the job again.
 */
export class StopJob extends Error {
  readonly reason: StopReason;
  /** The write or check that told. */
  readonly during: string;

  constructor(reason: StopReason, during: string) {
    super(`Stop the job: ${reason} during ${during}`);
    this.name = "StopJob";
    this.reason = reason;
    this.during = during;
  }
}
