import { validationError } from "../core/errors.ts";
import type { JobState, StoredTopVariant } from "../core/job.ts";
import { lookAheadWarnings } from "../core/look_ahead.ts";
import type { JobRepository } from "../ports/job_repository.ts";
import type { JobResults } from "../ports/job_results.ts";
import { type JobQuery, ownJob } from "./own_job.ts";

/** One ranked variant as callers see it; report and trades only while the job is `succeeded`. */
export interface TopItem {
  readonly rank: number;
  readonly variant_key: string;
  readonly indicator_variant_key: string;
  readonly variant_index: number;
  readonly total_return_pct: number;
  readonly payload: StoredTopVariant["payload"];
  readonly report_table_md?: string | null;
  readonly trades?: StoredTopVariant["trades"];
}

/** A job's ranked variants. */
export interface TopRows {
  readonly job_id: string;
  readonly state: JobState;
  /** What the reports belong to: range, template, warm-up. */
  readonly report_context: Readonly<Record<string, unknown>> | null;
  /** What keeps these results from being reached in live trading; empty for honest indicators. */
  readonly warnings: readonly string[];
  readonly items: readonly TopItem[];
}

/** Where the rows come from, and how many may be asked for. */
export interface TopDeps {
  readonly jobs: JobRepository;
  readonly results: JobResults;
  readonly topKPersisted: number;
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
  const rows = await deps.results.listTopVariants(job.jobId, limit);
  return {
    job_id: job.jobId,
    state: job.state,
    report_context: reportContext(job.requestJson),
    // all variants of a job use the same indicators
    warnings: lookAheadWarnings(
      (rows[0]?.payload.indicator_selections ?? []).map(({ indicator_id }) => indicator_id),
    ),
    items: rows.map((row) => topItem(row, job.state === "succeeded")),
  };
}

function topItem(row: StoredTopVariant, withReport: boolean): TopItem {
  return {
    rank: row.rank,
    variant_key: row.variantKey,
    indicator_variant_key: row.indicatorVariantKey,
    variant_index: row.variantIndex,
    total_return_pct: row.totalReturnPct,
    payload: row.payload,
    ...(withReport ? { report_table_md: row.reportTableMd, trades: row.trades } : {}),
  };
}

function checkLimit(limit: number, cap: number): number {
  const item = (code: string, message: string) =>
    validationError(message, [{ path: "query.limit", code, message }]);
  if (!Number.isInteger(limit) || limit <= 0) {
    throw item("greater_than", `Top rows limit must be > 0, got ${limit}`);
  }
  if (limit > cap) {
    throw item(
      "max_value",
      `Top rows limit must be <= backtest.jobs.top_k_persisted_default (${cap}), got ${limit}`,
    );
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
