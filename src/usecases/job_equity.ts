import { requestedLookbacks } from "../request/indicators.ts";
import { type EffectiveRequest, epochRange } from "../request/body.ts";
import { readStored } from "../request/stored.ts";
import type { DefaultGrids } from "../request/default_grids.ts";
import type { Timeline } from "../core/bars/mod.ts";
import type { Trade } from "../core/execution/mod.ts";
import type { Job } from "../core/job/mod.ts";
import { type EquityCurve, equityCurve } from "../core/report/mod.ts";
import { loadTimeline, type TimelineSource } from "../sweep/load_timeline.ts";

/** Where a job's bars come from, and the grids that its warm-up was told from. */
export interface JobEquitySource extends TimelineSource {
  readonly defaults: DefaultGrids;
}

/** Rebuilds the account curve of a stored result row from its trades and the job's candles. */
export async function jobEquity(
  { job, trades }: { readonly job: Job; readonly trades: readonly Trade[] },
  source: JobEquitySource,
): Promise<EquityCurve> {
  const request = readStored(job);
  const lookbacks = requestedLookbacks(request.template, source.defaults);
  const { timeline } = await loadTimeline({ ...request, lookbacks }, source);
  // the source may have got more history since
  const moved = job.runData === null
    ? firstBarOfBefore(timeline, request)
    : timeline.slice.start - job.runData.barsBefore;
  return equityCurve({
    trades: trades.map((trade) => ({
      ...trade,
      entry_bar_index: trade.entry_bar_index + moved,
      exit_bar_index: trade.exit_bar_index + moved,
    })),
    timeline,
    initCash: request.template.execution.init_cash_quote,
  });
}

/**
 * The bar that jobs of releases which stored nothing of their candles count from: they loaded `warmup_bars` bars of time,
 * whatever the indicators needed and however many bars the market had in it.
 */
function firstBarOfBefore(
  { candles: { tsOpenMs }, timeframeMs }: Timeline,
  { time_range, warmup_bars }: EffectiveRequest,
): number {
  const loadedMs = Math.floor(epochRange(time_range).startMs / 60_000) * 60_000 - warmup_bars * timeframeMs;
  const firstMs = Math.floor(loadedMs / timeframeMs) * timeframeMs;
  const bar = tsOpenMs.findIndex((openMs) => openMs >= firstMs);
  return Math.max(bar, 0);
}
