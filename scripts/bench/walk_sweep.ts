import type { SweepInput } from "../../src/ports/compute.ts";
import { sweepInput, type SweepSketch } from "../../tests/helpers/sweep.ts";
import { randomWalk } from "./random_walk.ts";

/** Bars before the traded slice, enough for every window used here. */
export const warmupBars = 2000;

/** A sweep over a random walk, long-short, all cash, with costs at which thousands of trades do not end in nothing. */
export function walkSweep(
  bars: number,
  sketch: Pick<SweepSketch, "indicators" | "sl" | "tp">,
): SweepInput {
  const candles = randomWalk(warmupBars + bars, 20_240_101);
  const slice = { start: warmupBars, stop: warmupBars + bars };
  const { timeline, plan } = sweepInput({ ...sketch, candles, slice });
  const costs = { fee_pct: 0.02, slippage_pct: 0.005 };
  return {
    timeline: { ...timeline, candles, timeframeMs: 60_000 },
    plan: { ...plan, timeframe: "1m", execution: { ...plan.execution, ...costs } },
  };
}
