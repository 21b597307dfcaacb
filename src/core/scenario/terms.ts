import type { PutTemplate } from "./template.ts";

/** A loan against an underlying and how its hedges are priced. */
export interface ScenarioTerms {
  readonly symbol: string;
  /** `YYYY-MM-DD`, both days included. */
  readonly start_date: string;
  readonly end_date: string;
  readonly underlying_units: number;
  readonly loan_amount: number;
  /** Loan to value at which the lender calls, 0..1; equality calls. */
  readonly margin_call_ltv: number;
  readonly data_source: string;
  readonly pricing: {
    /** Yearly fraction, or that of the last 60 daily returns. */
    readonly volatility: number | "realized";
    /** Continuous yearly fractions. */
    readonly risk_free_rate: number;
    readonly dividend_yield: number;
  };
  /** Units of the underlying per contract. */
  readonly contract_size: number;
  /** Simple interest by actual days / 365, in human percent. */
  readonly loan_rate_pct: number;
  /** Which price of a day decides about a call. */
  readonly check: "close" | "low";
}

/** One day of the underlying. */
export interface ScenarioDay {
  /** Days since 1970, UTC. */
  readonly day: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  /** Finite and > 0. */
  readonly close: number;
}

/** Days with what their puts are priced by. */
export interface PricedDays {
  readonly days: readonly ScenarioDay[];
  /** Yearly volatility of each day. */
  readonly volatilities: readonly number[];
}

/** What a path is worked out of. */
export interface PathInput extends PricedDays {
  readonly terms: ScenarioTerms;
  readonly template: PutTemplate;
}
