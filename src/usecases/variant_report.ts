import type { MeasuredVariant } from "../answers/backtest.ts";
import type { VariantReportRequest } from "../request/variant.ts";
import { warmUpBars } from "../core/bars/mod.ts";
import { validationError } from "../core/errors/mod.ts";
import { tradesPerRowMax } from "../core/limits/mod.ts";
import { resolveRequest } from "../request/effective.ts";
import { requestedLookbacks } from "../request/indicators.ts";
import { namingVariant, templateOf } from "../request/variant.ts";
import { ruleStartWarnings } from "../sweep/rule_start.ts";
import { prepareSweep } from "../sweep/prepare.ts";
import { requestedSweep, type StrategyAccess } from "./requested_sweep.ts";
import { resultWarnings } from "./result_warnings.ts";
import type { RunBacktestDeps } from "./run_backtest.ts";
import { syncGuards } from "./sync_guards.ts";
import { throwIfCancelled, unlessCancelled } from "./unless_cancelled.ts";

/** Who may see what, and what ends the run early. */
export interface VariantReportOptions {
  /** Null where there are no saved strategies. */
  readonly access: StrategyAccess | null;
  /** Whose own candles count before those of everybody. */
  readonly userId?: string;
  /** Aborts with a reason text such as `deadline_exceeded`. */
  readonly signal: AbortSignal;
}

/**
 * Replays one variant of an earlier run over the same range and builds its report; it is the one a job stores. Nothing
 * is stored. Rejects as `runBacktest` does, and with items below `body.variant` for a variant that cannot be computed.
 */
export async function variantReport(
  { request: { parsed, variant, includeTrades }, access, signal, userId }:
    & { readonly request: VariantReportRequest }
    & VariantReportOptions,
  deps: RunBacktestDeps,
): Promise<MeasuredVariant> {
  const requested = await requestedSweep(parsed, access);
  const template = templateOf(variant, requested.template);
  const request = { ...requested.request, preselect: 1 };
  const { effective } = resolveRequest({ request, template }, { defaults: deps.config });
  // the bars before the range are those of the run, whatever this one variant needs
  const lookbacks = requestedLookbacks(requested.template, deps.defaults);
  const warmup_bars = warmUpBars(effective.warmup_bars, lookbacks);
  const sweep = await unlessCancelled(
    { signal, stage: "stage_a" },
    () =>
      namingVariant(() =>
        prepareSweep({ ...effective, warmup_bars }, {
          candles: deps.candles,
          // a variant is complete: what it leaves out has no value
          defaults: {},
          preselectDefault: 1,
          // of a row that may be older than the check of names
          stored: true,
          marketOf: deps.marketOf,
          guards: syncGuards(deps.config.guards),
          signal,
          userId,
        })
      ),
  );
  const finalizing = { signal, stage: "finalizing" } as const;
  await using session = await unlessCancelled(
    finalizing,
    () => namingVariant(() => deps.compute.open({ ...sweep, signal })),
  );
  const { daysPerYear } = sweep;
  const wish = {
    requestRange: sweep.coveredRange,
    daysPerYear,
    withTrades: includeTrades,
    tradesMax: tradesPerRowMax,
  };
  const report = await unlessCancelled(
    finalizing,
    () => session.report({ stageAIndex: 0, riskIndex: 0 }, wish),
  );
  throwIfCancelled(signal, "finalizing");
  const { rows, tableMd, trades, metrics } = report;
  if (includeTrades && trades === null) throw tooManyTrades(metrics.trades);
  const ofRules = ruleStartWarnings([{ stageAIndex: 0 }], { sweep, rules: deps.rules });
  const warnings = resultWarnings(sweep, { markets: deps.config.markets, reports: [report], ofRules });
  return { rows, table_md: tableMd, trades, metrics, warnings };
}

function tooManyTrades(count: number | null): Error {
  return validationError("Validation failed", [{
    path: "body.include_trades",
    code: "value_error",
    message:
      `Input should be false: the variant has ${count} trades, at most ${tradesPerRowMax} are answered; ` +
      "a shorter time_range has fewer",
  }]);
}
