import type { Instrument, Timeframe } from "../bars/mod.ts";
import type { DirectionMode, ExecutionSettings, SizingMode } from "../execution/mod.ts";
import type { RankingOrder } from "../ranking/mod.ts";
import type { PlannedRules } from "../rules/mod.ts";
import type { Axis } from "./axis.ts";
import type { AxisSize } from "./axis_sizes.ts";

/** One indicator of a strategy with everything that varies. */
export interface IndicatorGrid {
  readonly indicatorId: string;
  /** Compute axes in definition order; the last one runs fastest. */
  readonly axes: readonly Axis[];
  /** Product of the compute axes' lengths (1 without axes). */
  readonly variants: number;
  /** Signal axes sorted by name; the last one runs fastest. */
  readonly signalAxes: readonly Axis[];
  /** Product of the signal axes' lengths (1 without axes). */
  readonly signalCombinations: number;
}

/** Stop and target values, outer and inner loop of the risk grid; `[null]` where a side is off. */
export interface RiskGrid {
  readonly sl: readonly (number | null)[];
  readonly tp: readonly (number | null)[];
}

/**
 * Everything that decides about the variants of one sweep, as plain data that can be posted to a thread.
 *
 * A `stageAIndex` is `computeIndex * signalTotal + signalIndex`; both parts are mixed radix over `indicators` with the
 * last one running fastest. A `riskIndex` is `slIndex * risk.tp.length + tpIndex`.
 */
export interface SweepPlan {
  readonly instrument: Instrument;
  readonly timeframe: Timeframe;
  /** Rules in place of indicators: a `stageAIndex` is then the index of a kept combination of their parameters. */
  readonly rules?: PlannedRules;
  /** Sorted by id; none beside rules. */
  readonly indicators: readonly IndicatorGrid[];
  readonly signalTotal: number;
  /** All axes, for the messages of guards; empty in a plan that was not made of a request. */
  readonly axisSizes: readonly AxisSize[];
  readonly stageATotal: number;
  readonly risk: RiskGrid;
  readonly riskTotal: number;
  /** Shortlist length: `min(preselect, stageATotal)`; with `preselect: "all"` that of the default preselect. */
  readonly shortlistTotal: number;
  /** Whether Stage B expands every base variant instead of the shortlist in ranked order. */
  readonly expandsAll: boolean;
  /** Expanded base variants times `riskTotal`, but no more than `Number.MAX_SAFE_INTEGER`; guards refuse such a plan. */
  readonly stageBTotal: number;
  readonly ranking: RankingOrder;
  readonly directionMode: DirectionMode;
  readonly sizingMode: SizingMode;
  /** The numbers in force, all of which enter the variant key. */
  readonly execution: ExecutionSettings;
}
