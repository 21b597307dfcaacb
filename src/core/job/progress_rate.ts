/** How fast a job goes, and how long its stage will take at that speed. */
export interface Pace {
  /** Units per second of the present stage; null until it has made progress twice. */
  readonly ratePerSecond: number | null;
  /** To the end of the present stage; null without a rate. */
  readonly etaSeconds: number | null;
}

/** Progress at a moment. As it was stored its times are those of the store, so the same rows give the same pace. */
export interface ProgressPoint {
  readonly state: string;
  readonly stage: string;
  readonly processedUnits: number;
  readonly totalUnits: number;
  readonly progressUpdatedAtMs: number | null;
}

const unknown: Pace = { ratePerSecond: null, etaSeconds: null };

/** Measures the pace of one job from its progress, each stage for itself since it was first seen. */
export class ProgressRate {
  #since: ProgressPoint | null = null;

  /** The pace with this point, which is not older than the one before. */
  next(point: ProgressPoint): Pace {
    if (point.state !== "running" || point.progressUpdatedAtMs === null) {
      this.#since = null;
      return unknown;
    }
    const since = this.#since;
    // a job that was given back starts its stage anew
    if (since?.stage !== point.stage || point.processedUnits < since.processedUnits) {
      this.#since = point;
      return unknown;
    }
    const seconds = (point.progressUpdatedAtMs - (since.progressUpdatedAtMs ?? 0)) / 1000;
    const units = point.processedUnits - since.processedUnits;
    if (seconds <= 0 || units <= 0) return unknown;
    const ratePerSecond = units / seconds;
    const left = Math.max(0, point.totalUnits - point.processedUnits);
    return { ratePerSecond, etaSeconds: left / ratePerSecond };
  }
}
