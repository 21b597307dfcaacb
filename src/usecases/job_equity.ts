import { readEffectiveRequest } from "../core/effective_request.ts";
import { type EquityCurve, equityCurve } from "../core/equity.ts";
import type { Trade } from "../core/execution.ts";
import type { Job } from "../core/job.ts";
import { loadTimeline, type TimelineSource } from "../sweep/load_timeline.ts";

/** Rebuilds the account curve of a stored result row from its trades and the job's candles. */
export async function jobEquity(
  row: { readonly job: Job; readonly trades: readonly Trade[] },
  source: TimelineSource,
): Promise<EquityCurve> {
  const request = readEffectiveRequest(row.job.requestJson, row.job.specPayloadJson);
  const { timeline } = await loadTimeline(request, source);
  return equityCurve({ trades: row.trades, timeline, initCash: request.execution.init_cash_quote });
}
