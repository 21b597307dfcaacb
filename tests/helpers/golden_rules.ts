import type { ExecutionSettings, RiskSettings, Trade } from "../../src/core/execution/mod.ts";
import { timeframeMs as lengthOf } from "../../src/core/bars/mod.ts";
import { type CanonicalRules, type RulesSpec } from "../../src/core/rules/mod.ts";
import type { RuleBars } from "../oracle/expressions/world.ts";
import { f32, loadGolden, loadGoldenCandles } from "./golden.ts";

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

/** The bars a strategy is evaluated on: the rows of its candle set that have all values. */
export async function rulesWorld({ candles: name, candles_from: from = 0, request }: GoldenRules) {
  const file = await loadGolden<{ columns?: Readonly<Record<string, readonly (number | null)[]>> }>(
    `candles/${name}.json`,
  );
  const { tsOpenMs, ...all } = await loadGoldenCandles(name);
  const values = Object.values(all);
  const rows = tsOpenMs.map((_, row) => row)
    .filter((row) => row >= from && values.every((column) => !Number.isNaN(column[row])));
  const of = (column: ArrayLike<number>) => rows.map((row) => column[row]!);
  const lengthMs = lengthOf(request.template.timeframe);
  const openMs = of(tsOpenMs);
  const bars: RuleBars = {
    candles: {
      open: of(all.open),
      high: of(all.high),
      low: of(all.low),
      close: of(all.close),
      volume: of(all.volume),
    },
    openMs,
    closeMs: openMs.map((ms) => ms + lengthMs),
    columns: Object.fromEntries(
      Object.entries(file.columns ?? {}).map(([column, stored]) => [column, of(f32(stored))]),
    ),
  };
  return { bars };
}

/** The golden signal of the slice, one of N, L and S a bar. */
export function ruleSignal({ signal, target_slice: [start, stop] }: GoldenRules): string {
  const letters = { "1": "L", "-1": "S", "0": "N" };
  return Array.from({ length: stop - start }, (_, i) => {
    const run = signal.findLast(([bar]) => bar <= start + i);
    return letters[String(run?.[1] ?? 0) as keyof typeof letters];
  }).join("");
}

/** What it is traded with. */
export function rulesExecution({ request: { template: { execution } } }: GoldenRules): ExecutionSettings {
  return execution as unknown as ExecutionSettings;
}

/** Its stop and its target. */
export function rulesRisk({ request: { template: { risk_grid: { sl, tp } } } }: GoldenRules): RiskSettings {
  return {
    sl_enabled: sl !== undefined,
    sl_pct: sl?.values[0] ?? null,
    tp_enabled: tp !== undefined,
    tp_pct: tp?.values[0] ?? null,
  };
}
