import { type Timeframe, timeframeMs, type Timeline, type TimeRange } from "../../src/core/bars/mod.ts";
import type {
  DirectionMode,
  ExecutionSettings,
  Replay,
  RiskSettings,
  SizingMode,
} from "../../src/core/execution/mod.ts";
import { loadGolden, loadGoldenCandles } from "./golden.ts";

/** A raw report metric: durations and dates are tagged. */
export type RawValue = number | null | { readonly ms: number } | { readonly iso: string };

/** One strategy with everything the reference makes of it, from `golden/data/strategies`. */
export interface GoldenStrategy extends Replay {
  readonly name: string;
  readonly candles: string;
  readonly instrument_id: string;
  readonly timeframe: Timeframe;
  readonly requested_time_range_ms: readonly [number, number];
  readonly target_slice: readonly [number, number];
  readonly direction_mode: DirectionMode;
  readonly sizing_mode: SizingMode;
  /** Only what the request set. */
  readonly execution_request: Partial<ExecutionSettings>;
  readonly execution_resolved: ExecutionSettings;
  readonly risk: RiskSettings;
  readonly indicators: readonly {
    readonly id: string;
    readonly inputs: { readonly source?: string };
    readonly params: Readonly<Record<string, number>>;
    readonly signal_params: Readonly<Record<string, number>>;
  }[];
  readonly indicator_variant_key: string;
  readonly variant_key: string;
  /** One of N, L and S per bar of the whole series. */
  readonly final_signal: string;
  /** Per bar of the slice, printed with 9 digits. */
  readonly equity_close_quote: readonly number[];
  readonly metrics_raw: Readonly<Record<string, RawValue>>;
  readonly rows: readonly (readonly [string, string])[];
  readonly table_md: string;
}

/** All golden strategies. */
export async function goldenStrategies(): Promise<readonly GoldenStrategy[]> {
  const file = await loadGolden<{ strategies: readonly GoldenStrategy[] }>("strategies/strategies.json");
  return file.strategies;
}

/** The candles of a strategy with its slice. */
export async function strategyTimeline(strategy: GoldenStrategy): Promise<Timeline> {
  const { tsOpenMs, ...prices } = await loadGoldenCandles(strategy.candles);
  const [start, stop] = strategy.target_slice;
  return {
    candles: { ...prices, tsOpenMs: Float64Array.from(tsOpenMs) },
    timeframeMs: timeframeMs(strategy.timeframe),
    slice: { start, stop },
  };
}

/** The range a strategy was requested for. */
export function strategyRange({ requested_time_range_ms: [startMs, endMs] }: GoldenStrategy): TimeRange {
  return { startMs, endMs };
}
