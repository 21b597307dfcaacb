import type { Preselect, RankingMetric } from "../core/ranking/mod.ts";
import type { AxisSpec } from "../core/grid/mod.ts";
import type { DirectionMode, ExecutionSettings, SizingMode } from "../core/execution/mod.ts";
import type { Instrument, Timeframe, TimeRange } from "../core/bars/mod.ts";

/** Axes of one indicator as sent; missing ones come from the default grid of that id. */
export interface IndicatorGridRequest {
  readonly indicator_id: string;
  readonly params: Readonly<Record<string, AxisSpec>>;
  readonly source?: AxisSpec;
}

/** Stop and target axes as sent. A side that is on needs its axis or its scalar. */
export interface RiskGridRequest {
  readonly sl_enabled: boolean;
  readonly tp_enabled: boolean;
  readonly sl?: AxisSpec;
  readonly tp?: AxisSpec;
  readonly sl_pct?: number;
  readonly tp_pct?: number;
}

/** What is swept: instrument, bars, grids and how trades are executed. */
export interface BacktestTemplate {
  readonly instrument_id: Instrument;
  readonly timeframe: Timeframe;
  readonly indicator_grids: readonly IndicatorGridRequest[];
  readonly signal_grids: Readonly<Record<string, Readonly<Record<string, AxisSpec>>>>;
  readonly risk_grid?: RiskGridRequest;
  readonly direction_mode?: DirectionMode;
  readonly sizing_mode?: SizingMode;
  readonly execution?: Partial<ExecutionSettings>;
}

/** Ranking as sent. Without a secondary metric there is none: the config's belongs to its own primary metric. */
export interface RankingRequest {
  readonly primary_metric: RankingMetric;
  /** Never the primary one. */
  readonly secondary_metric?: RankingMetric;
  /** See `RankingOrder.minTrades`; the config's where it is absent. */
  readonly min_trades?: number;
}

/** The members of a request that do not say what is swept. Absent ones mean: take the default of the config. */
export interface RequestFrame {
  readonly time_range: TimeRange;
  readonly warmup_bars?: number;
  readonly top_k?: number;
  readonly preselect?: Preselect;
  readonly top_trades_n?: number;
  readonly ranking?: RankingRequest;
  /** Whether variants with equal trades are kept as one; not unless told so. */
  readonly fold_equal?: boolean;
}

/** A validated request whose template is known: sent, or made of a saved strategy. */
export interface BacktestRequest extends RequestFrame {
  readonly template: BacktestTemplate;
}
