/** A parameter of an indicator as the catalogue lists it. */
export interface ParameterInfo {
  readonly name: string;
  readonly kind: "int" | "float" | "source";
  readonly min: number | null;
  readonly max: number | null;
  /** Values of a range lie on `min + k * step`. */
  readonly step: number | null;
  readonly sources: readonly string[] | null;
  /** Counted and part of the key, but without influence on the scored output. */
  readonly inert: boolean;
  /** The axis a request gets that leaves it out; null where it must be sent. */
  readonly default: unknown;
}

/** An indicator of the catalogue. */
export interface IndicatorInfo {
  readonly id: string;
  readonly description: string;
  readonly output: string;
  readonly inputs: readonly string[];
  readonly params: readonly ParameterInfo[];
  /** Signal rule; null where no strategy can use the indicator. */
  readonly rule: string | null;
  readonly signal_params: readonly { readonly name: string; readonly default: unknown }[];
  readonly warnings: readonly string[];
}

/** What a grid would cost. */
export interface Estimate {
  readonly schema_version: 1;
  readonly total_variants: number;
  readonly estimated_memory_bytes: number;
}
