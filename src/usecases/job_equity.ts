import { readEffectiveRequest } from "../core/effective_request.ts";
import { type EquityCurve, equityCurve } from "../core/equity.ts";
import type { Trade } from "../core/execution.ts";
import type { Job } from "../core/job.ts";
import { type Calendar, timeframeMs } from "../core/timeframe.ts";
import { buildTimeline, loadRange } from "../core/timeline.ts";
import type { CandleSource } from "../ports/candle_source.ts";

/** Rebuilds the account curve of a stored result row from its trades and the job's candles. */
export async function jobEquity(
  row: { readonly job: Job; readonly trades: readonly Trade[] },
  deps: { readonly candles: CandleSource; readonly calendarOf: (marketId: number) => Calendar },
): Promise<EquityCurve> {
  const { template, timeRange, warmupBars, execution } = readEffectiveRequest(row.job.requestJson);
  const range = loadRange(timeRange, warmupBars, timeframeMs[template.timeframe]);
  const loaded = await deps.candles.load({ instrument: template.instrument_id, range });
  const timeline = buildTimeline({
    loaded,
    requestRange: timeRange,
    warmupBars,
    timeframe: template.timeframe,
    calendar: deps.calendarOf(template.instrument_id.market_id),
  });
  return equityCurve({ trades: row.trades, timeline, initCash: execution.init_cash_quote });
}
