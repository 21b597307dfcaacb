import type { RankingOrder } from "../../src/core/ranking/mod.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import type { Size } from "./benchmark.ts";
import { walkSweep } from "./walk_sweep.ts";

/** Windows of each average in `pairs`, by size. */
export const pairWindows = {
  full: Array.from({ length: 100 }, (_, i) => 20 * (i + 1)),
  smoke: Array.from({ length: 12 }, (_, i) => 10 * (i + 1)),
} as const;

/** Stops and targets of `plane` in percent. */
const planeLevels = Array.from({ length: 20 }, (_, i) => (i + 1) / 5);

/** Needs everything a variant can be ranked by: return, gross profit and loss, drawdown at bar closes. */
const everyMeasure: RankingOrder = {
  primary: "profit_factor",
  secondary: "max_drawdown_pct",
  minTrades: 1,
};

/** `pairs` ranked by metrics that need all measures. */
export function measuredPairsInput(size: Size): SweepInput {
  const input = pairsInput(size);
  return { ...input, plan: { ...input.plan, ranking: everyMeasure } };
}

/** All pairs of a simple and an exponential average: 10,000 over 200,000 bars. */
export function pairsInput(size: Size): SweepInput {
  const axes = { source: ["close"], window: pairWindows[size] };
  return walkSweep(size === "full" ? 200_000 : 4_000, {
    indicators: [{ id: "ma.sma", axes }, { id: "ma.ema", axes }],
  });
}

/** One crossover of two averages with 20 stops x 20 targets over a year of minutes: about 3,200 trades. */
export function planeInput(size: Size): SweepInput {
  return walkSweep(size === "full" ? 525_600 : 20_000, {
    indicators: [{
      id: "momentum.macd",
      axes: { source: ["close"], fast_window: [50], slow_window: [200] },
    }],
    sl: planeLevels,
    tp: planeLevels,
  });
}

/** Pairs of averages with 20 stops x 20 targets: 600 base variants, those that do best far from the first. */
export function stageBInput(size: Size): SweepInput {
  const windows = pairWindows.full.slice(0, size === "full" ? 30 : 4);
  return walkSweep(size === "full" ? 100_000 : 4_000, {
    indicators: [
      { id: "ma.sma", axes: { source: ["close"], window: windows } },
      { id: "ma.ema", axes: { source: ["close"], window: windows.slice(0, 20) } },
    ],
    sl: planeLevels,
    tp: planeLevels,
  });
}

/** One variant over a year of minutes that changes sides all the time: about 46,000 trades. */
export function denseInput(size: Size): SweepInput {
  return walkSweep(size === "full" ? 525_600 : 20_000, {
    indicators: [{ id: "ma.sma", axes: { source: ["close"], window: [40] } }],
  });
}
