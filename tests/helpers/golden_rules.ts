import type { Trade } from "../../src/core/execution/mod.ts";
import type { CanonicalRules, RulesSpec } from "../../src/core/rules/mod.ts";
import { loadGolden } from "./golden.ts";

/** A strategy in expressions with what an independent program made of it. */
export interface GoldenRules {
  readonly name: string;
  /** Name of the candle set, and the row it begins at where the history is really missing. */
  readonly candles: string;
  readonly candles_from?: number;
  readonly request: {
    readonly template: {
      readonly instrument_id: { readonly market_id: number; readonly symbol: string };
      readonly timeframe: string;
      readonly rules: RulesSpec;
      readonly risk_grid: {
        readonly sl?: { readonly values: readonly number[] };
        readonly tp?: { readonly values: readonly number[] };
      };
      readonly direction_mode: "long-only" | "short-only" | "long-short";
      readonly sizing_mode: "all_in" | "fixed_quote" | "strategy_compound" | "strategy_compound_profit_lock";
      readonly execution: Readonly<Record<string, number>>;
    };
  };
  /** Kept combinations, and the index of the one that is shown. */
  readonly variants: number;
  readonly variant: number;
  readonly params: Readonly<Record<string, number | string>>;
  readonly canonical: Partial<CanonicalRules>;
  readonly rules_hash: string;
  readonly indicator_variant_key: string;
  readonly variant_key: string;
  readonly target_slice: readonly [number, number];
  /** Runs of bar and state, each until the next: 1 long, -1 short, 0 none. */
  readonly signal: readonly (readonly [number, number])[];
  readonly trades: readonly Trade[];
  readonly equity_end_quote: number;
  readonly total_return_pct: number;
}

/** All of them. */
export async function goldenRules(): Promise<readonly GoldenRules[]> {
  const { strategies } = await loadGolden<{ strategies: readonly GoldenRules[] }>("rules/strategies.json");
  return strategies;
}
