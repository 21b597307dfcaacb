import type { TopRows } from "../answers/job.ts";
import { lookAheadWarnings } from "../core/catalogue/mod.ts";
import { validationError, warning } from "../core/errors/mod.ts";
import { costWarnings, type FuturesMarkets, ruinedMember, shortTradesOf } from "../core/execution/mod.ts";
import { tradesPerAnswerMax } from "../core/limits/mod.ts";
import { type Job, jobTerms, type StoredTopVariant } from "../core/job/mod.ts";
import { countMissed } from "../core/ranking/mod.ts";
import { tradeWarnings } from "../core/rules/mod.ts";
import type { JobRepository } from "../ports/job_repository.ts";
import type { JobResults } from "../ports/job_results.ts";
import { type JobQuery, ownJob } from "./own_job.ts";
import { leftOutWarnings } from "./result_warnings.ts";
import { rankedByMember } from "./ranked_by.ts";

/** One ranked variant as callers see it; report and trades only while the job is `succeeded`. */
export type TopRow = TopRows["items"][number];

/** Where the rows come from, and how many may be asked for. */
export interface TopDeps {
  readonly jobs: JobRepository;
  readonly results: Pick<JobResults, "listTopVariants" | "getShortlist">;
  readonly topKPersisted: number;
  readonly markets: FuturesMarkets;
}

/**
 * A job's ranked variants in the order `rank ASC, variant_key ASC`, `limit` at most. Whether reports are shown is decided
 * by the state read before the rows, so a job that ends in between shows none under `running`.
 */
export async function topRows(
  query: JobQuery & { readonly limit?: number },
  deps: TopDeps,
): Promise<TopRows> {
  const limit = checkLimit(query.limit ?? deps.topKPersisted, deps.topKPersisted);
  const job = await ownJob(deps.jobs, query);
  const stored = await deps.results.listTopVariants(job.jobId, limit);
  const { rows, unshown } = withoutMostTrades(stored);
  return {
    job_id: job.jobId,
    state: job.state,
    report_context: reportContext(job.requestJson),
    data: job.runData?.data ?? null,
    warnings: [
      ...warningsOf(job, { rows: stored, markets: deps.markets }),
      ...(job.state === "succeeded" ? unshown : []),
    ],
    ...rankedByMember(job.requestJson),
    ...await missedWinners(job, deps),
    items: rows.map((row) => topItem(row, job)),
  };
}

/** The rows with so many trades as an answer has, in rank order as far as they go, and what says which are not there. */
function withoutMostTrades(
  stored: readonly StoredTopVariant[],
): { readonly rows: readonly StoredTopVariant[]; readonly unshown: readonly string[] } {
  let left = tradesPerAnswerMax;
  const ranks: number[] = [];
  const rows = stored.map((row) => {
    const count = row.trades?.length ?? 0;
    if (count > left) {
      ranks.push(row.rank);
      return { ...row, trades: null };
    }
    left -= count;
    return row;
  });
  if (ranks.length === 0) return { rows, unshown: [] };
  const [first, more] = [ranks[0], ranks.length - 1];
  const sentence =
    `the trades of rank ${first}${more > 0 ? ` and of ${more} more rows` : ""} are not in this answer, ` +
    `which has ${tradesPerAnswerMax} at most; rows/${first}/trades.csv has them`;
  return { rows, unshown: [warning("trades_left_out", sentence)] };
}

function warningsOf(
  job: Job,
  { rows, markets }: { readonly rows: readonly StoredTopVariant[]; readonly markets: FuturesMarkets },
): readonly string[] {
  // all variants of a job have the same indicators
  const indicators = rows[0]?.payload.indicator_selections ?? [];
  const shortTrades = job.state === "succeeded" ? shortTradesOf(rows) : null;
  return [
    ...lookAheadWarnings(indicators.map(({ indicator_id }) => indicator_id)),
    ...job.runData?.warnings ?? [],
    ...(job.state === "succeeded" && rows[0]?.payload.rule_params ? tradeWarnings(rows) : []),
    ...costWarnings({ ...jobTerms(job), markets, shortTrades }),
    ...(job.state === "succeeded"
      ? leftOutWarnings(rows, { traded: Number(job.requestJson.top_trades_n) })
      : []),
  ];
}

/** Stored are the rows and the shortlist that was not used; the figure follows from the two. */
async function missedWinners(
  job: Job,
  { results, topKPersisted }: TopDeps,
): Promise<Pick<TopRows, "missed_by_default_preselect">> {
  if (job.state !== "succeeded" || job.requestJson.preselect !== "all") return {};
  const shortlist = await results.getShortlist(job.jobId);
  if (shortlist === null) return {};
  const rows = await results.listTopVariants(
    job.jobId,
    Math.max(topKPersisted, Number(job.requestJson.top_k)),
  );
  const bases = rows.map(({ variantIndex }) => Math.floor(variantIndex / shortlist.riskTotal));
  return { missed_by_default_preselect: countMissed(bases, shortlist.stageAIndexes) };
}

function topItem(row: StoredTopVariant, { state, requestJson }: Job): TopRow {
  const withReport = state === "succeeded";
  return {
    rank: row.rank,
    variant_key: row.variantKey,
    indicator_variant_key: row.indicatorVariantKey,
    variant_index: row.variantIndex,
    total_return_pct: row.totalReturnPct,
    ...ruinedMember(row.totalReturnPct),
    payload: row.payload,
    metrics: withReport ? row.metrics : null,
    ...(requestJson.fold_equal === true ? { same_as: withReport ? row.sameAs : null } : {}),
    ...(withReport ? { report_table_md: row.reportTableMd, trades: row.trades } : {}),
  };
}

function checkLimit(limit: number, cap: number): number {
  const item = (code: string, bound: string, name: string) =>
    validationError(`Top rows limit must be ${name}`, [
      { path: "query.limit", code, message: `limit must be ${bound}, got ${limit}` },
    ]);
  if (!Number.isInteger(limit) || limit <= 0) {
    throw item("greater_than", "> 0", "> 0");
  }
  if (limit > cap) {
    throw item("max_value", `<= ${cap}`, "<= backtest.jobs.top_k_persisted_default");
  }
  return limit;
}

function reportContext(request: Readonly<Record<string, unknown>>): TopRows["report_context"] {
  const strategyId = request.strategy_id ?? null;
  const template = request.template ?? null;
  if ((strategyId === null) === (template === null)) return null;
  return {
    time_range: request.time_range,
    strategy_id: strategyId,
    template,
    overrides: request.overrides ?? null,
    warmup_bars: request.warmup_bars,
    include_trades: Number(request.top_trades_n) > 0,
  };
}
