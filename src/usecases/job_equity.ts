import type { DefaultGrids } from "../core/default_grids.ts";
import { readEffectiveRequest } from "../core/effective_request.ts";
import { type EquityCurve, equityCurve } from "../core/equity.ts";
import type { Trade } from "../core/execution.ts";
import type { Job } from "../core/job.ts";
import { requestedLookbacks } from "../core/warm_up.ts";
import { loadTimeline, type TimelineSource } from "../sweep/load_timeline.ts";

/** Where a job's bars come from, and the grids that its warm-up was told from. */
export interface JobEquitySource extends TimelineSource {
  readonly defaults: DefaultGrids;
}

/** Rebuilds the account curve of a stored result row from its trades and the job's candles. */
export async function jobEquity(
  row: { readonly job: Job; readonly trades: readonly Trade[] },
  source: JobEquitySource,
): Promise<EquityCurve> {
  const request = readEffectiveRequest(row.job.requestJson, row.job.specPayloadJson);
  const lookbacks = requestedLookbacks(request.template, source.defaults);
  const { timeline } = await loadTimeline({ ...request, lookbacks }, source);
  // the job counted its bars from another one where the source has got more history since
  const moved = timeline.slice.start - (row.job.runData?.barsBefore ?? timeline.slice.start);
  const trades = row.trades.map((trade) => ({
    ...trade,
    entry_bar_index: trade.entry_bar_index + moved,
    exit_bar_index: trade.exit_bar_index + moved,
  }));
  return equityCurve({ trades, timeline, initCash: request.execution.init_cash_quote });
}
