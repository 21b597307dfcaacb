/** One axis of the planes: the values around the winner's. */
export interface PlaneAxis {
  /** `sl_pct`, `tp_pct`, `<indicator>.<parameter>`, `<indicator>.signal.<parameter>`, or a parameter of rules. */
  readonly name: string;
  /** In grid order. */
  readonly values: readonly (number | string)[];
  /** Position of the winner's value. */
  readonly winner: number;
}

/** Total returns over two axes, everything else fixed at the winner's values. */
export interface Plane {
  /** Positions of the two axes, `x < y`. */
  readonly x: number;
  readonly y: number;
  /** Percent; `returns[j][i]` belongs to value `i` of x and `j` of y. Null where there is no variant, or it cannot be scored. */
  readonly returns: readonly (readonly (number | null)[])[];
}

/** What lies around the best variant of a job: one plane per pair of axes that vary. */
export interface WinnerPlanes {
  /** The variant in the middle. */
  readonly variantKey: string;
  /** Parameters of the indicators, or of rules, in plan order, then stop, then target; only axes with more than one value. */
  readonly axes: readonly PlaneAxis[];
  /** By `x`, then by `y`. */
  readonly planes: readonly Plane[];
}

/** Stored planes. */
export interface StoredWinnerPlanes extends WinnerPlanes {
  readonly jobId: string;
  readonly updatedAtMs: number;
}
