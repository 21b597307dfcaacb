import { emptyCandles } from "../../src/core/bars/mod.ts";
import { findIndicator } from "../../src/core/catalogue/mod.ts";
import type { DirectionMode, SizingMode } from "../../src/core/execution/mod.ts";
import type { Axis, IndicatorGrid, SweepPlan } from "../../src/core/grid/mod.ts";
import { byTotalReturn, type RankingOrder } from "../../src/core/ranking/mod.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import type { OracleCandles } from "../oracle/candles.ts";

/** A sweep as a test writes it. */
export interface SweepSketch {
  readonly candles: OracleCandles;
  readonly slice: { readonly start: number; readonly stop: number };
  /** Values by axis name; axes come in definition order, signal axes sorted. */
  readonly indicators: readonly {
    readonly id: string;
    readonly axes: Readonly<Record<string, readonly (number | string)[]>>;
    readonly signals?: Readonly<Record<string, readonly number[]>>;
  }[];
  readonly sl?: readonly (number | null)[];
  readonly tp?: readonly (number | null)[];
  readonly directionMode?: DirectionMode;
  readonly sizingMode?: SizingMode;
  /** By total return unless told otherwise. */
  readonly ranking?: RankingOrder;
}

/** The compute port's input of a sketch: fee 0.1 %, slippage 0.05 %, 1,000 of cash, everything else plain. */
export function sweepInput(sketch: SweepSketch): SweepInput {
  const { candles, slice, sl = [null], tp = [null] } = sketch;
  const columns = emptyCandles(candles.close.length);
  columns.open.set(candles.open);
  columns.high.set(candles.high);
  columns.low.set(candles.low);
  columns.close.set(candles.close);
  columns.volume.set(candles.volume);
  const indicators = sketch.indicators.map(indicatorGrid);
  const signalTotal = product(indicators.map((grid) => grid.signalCombinations));
  const stageATotal = product(indicators.map((grid) => grid.variants)) * signalTotal;
  const execution = {
    init_cash_quote: 1000,
    fixed_quote: 150,
    safe_profit_percent: 30,
    fee_pct: 0.1,
    slippage_pct: 0.05,
  };
  const plan: SweepPlan = {
    instrument: { market_id: 1, symbol: "TESTUSDT" },
    timeframe: "1h",
    indicators,
    signalTotal,
    axisSizes: [],
    stageATotal,
    risk: { sl, tp },
    riskTotal: sl.length * tp.length,
    shortlistTotal: stageATotal,
    expandsAll: false,
    stageBTotal: stageATotal * sl.length * tp.length,
    ranking: sketch.ranking ?? byTotalReturn,
    directionMode: sketch.directionMode ?? "long-short",
    sizingMode: sketch.sizingMode ?? "all_in",
    execution,
  };
  return { timeline: { candles: columns, timeframeMs: 3_600_000, slice }, plan };
}

function indicatorGrid({ id, axes, signals = {} }: SweepSketch["indicators"][number]): IndicatorGrid {
  const defined = findIndicator(id)?.axes.map(({ name, kind }) => ({ name, kind })) ?? [];
  const compute = defined.filter(({ name }) => name in axes)
    .map(({ name, kind }): Axis => ({
      name,
      kind,
      values: axes[name]!,
      integral: axes[name]!.map(() => true),
    }));
  const signalAxes = Object.keys(signals).sort()
    .map((name): Axis => ({
      name,
      kind: "signal",
      values: signals[name]!,
      integral: signals[name]!.map(() => true),
    }));
  const combinations = (list: readonly Axis[]) => product(list.map(({ values }) => values.length));
  return {
    indicatorId: id,
    axes: compute,
    variants: combinations(compute),
    signalAxes,
    signalCombinations: combinations(signalAxes),
  };
}

function product(factors: readonly number[]): number {
  return factors.reduce((total, factor) => total * factor, 1);
}
