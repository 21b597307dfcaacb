import type { LatestMetrics, RunComparison, RunResult } from "../answers/run.ts";
import { validationError } from "../core/errors/mod.ts";
import { tradeMembers } from "../core/execution/mod.ts";
import { noResult, type Run, runNotFound, type Step } from "../core/run/mod.ts";
import { inMemberOrder, isUuid } from "../core/text/mod.ts";
import { stepsPerPageMax } from "../ports/run_steps.ts";
import type { RunDeps } from "../runs/deps.ts";
import type { StoredResult } from "../runs/run_result.ts";
import { logItem, runStatus, timeText } from "../runs/run_view.ts";
import { factsOf } from "../runs/tape.ts";
import { ownRun, type OwnRunQuery, runNow } from "./own_run.ts";

/** All that the caller's run came to. Rejects with `conflict` unless it has succeeded. */
export async function runResult(query: OwnRunQuery, deps: RunDeps): Promise<RunResult> {
  const run = await runNow(query, deps);
  const stored = await deps.runs.getResult(run.runId) as StoredResult | null;
  if (run.metrics === null || stored === null) throw noResult(run);
  const { data, warnings, warmupBars, daysPerYear } = factsOf(run.loadedJson!);
  return {
    run: runStatus(run),
    metrics: run.metrics,
    rows: stored.rows.map(({ metric, value }) => ({ metric, value })),
    trades: stored.trades.map((trade) => inMemberOrder(trade, tradeMembers)),
    equity: stored.equity.map(({ close_ts, equity }) => ({ close_ts, equity })),
    decisions: (await allSteps(run, deps)).map(logItem),
    manifest: {
      schema_version: 1,
      request: run.requestJson,
      request_hash: run.requestHash,
      candles_hash: run.candlesHash!,
      warmup_bars: warmupBars,
      days_per_year: daysPerYear,
      data,
      warnings,
    },
  };
}

async function allSteps({ runId, stepIndex }: Run, { steps }: RunDeps): Promise<readonly Step[]> {
  const found: Step[] = [];
  for (let from = 0; from < stepIndex; from += stepsPerPageMax) {
    found.push(...await steps.list({ runId, from, limit: stepsPerPageMax }));
  }
  return found;
}

/** The figures of the caller's newest success of an agent. Rejects with `not_found` when there is none. */
export async function latestMetrics(
  { userId, agentName }: { readonly userId: string; readonly agentName: string },
  { runs }: Pick<RunDeps, "runs">,
): Promise<LatestMetrics> {
  const run = await runs.latestSucceeded({ userId, agentName });
  if (run === null) throw runNotFound();
  return {
    run_id: run.runId,
    agent_name: run.agentName!,
    model_name: run.modelName!,
    finished_at: timeText(run.finishedAtMs!),
    metrics: run.metrics!,
  };
}

/** Fewest and most runs beside each other. */
const compared = { min: 2, max: 10 };

/** Own runs beside each other on one axis of time; what has not succeeded has no figures and no curve. */
export async function compareRuns(
  { userId, runIds }: { readonly userId: string; readonly runIds: string },
  { runs }: Pick<RunDeps, "runs">,
): Promise<RunComparison> {
  const ids = comparedIds(runIds);
  const found: Run[] = [];
  for (const runId of ids) found.push(await ownRun(runs, { runId, userId }));
  const curves = new Map<string, ReadonlyMap<string, number>>();
  for (const { runId, metrics } of found) {
    const stored = metrics === null ? null : await runs.getResult(runId) as StoredResult | null;
    curves.set(runId, new Map(stored?.equity.map(({ close_ts, equity }) => [close_ts, equity])));
  }
  // times of one form sort as texts
  const closeTs = [...new Set([...curves.values()].flatMap((curve) => [...curve.keys()]))].sort();
  return {
    runs: found.map(({ runId, kind, state, agentName, modelName, metrics }) => ({
      run_id: runId,
      kind,
      state,
      agent_name: agentName,
      model_name: modelName,
      metrics,
    })),
    close_ts: closeTs,
    equity: Object.fromEntries(
      [...curves].map(([runId, curve]) => [runId, closeTs.map((ts) => curve.get(ts) ?? null)]),
    ),
  };
}

function comparedIds(text: string): readonly string[] {
  const ids = text.split(",").map((id) => id.trim().toLowerCase()).filter((id) => id !== "");
  const refuse = (code: string, message: string) =>
    validationError("Validation failed", [{ path: "query.run_ids", code, message }]);
  if (!ids.every(isUuid)) throw refuse("uuid_parsing", "run_ids must be UUIDs with commas between them");
  const { min, max } = compared;
  if (new Set(ids).size !== ids.length) throw refuse("value_error", "run_ids must be different runs");
  if (ids.length < min || ids.length > max) {
    throw refuse("value_error", `run_ids must be ${min} to ${max} runs, got ${ids.length}`);
  }
  return ids;
}
