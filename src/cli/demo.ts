import type { TopRows } from "../answers/job.ts";
import type { Command } from "commander";
import { marketLookup } from "../core/bars/mod.ts";
import type { Job } from "../core/job/mod.ts";
import { sparkline } from "../core/text/mod.ts";
import { jobEquity } from "../usecases/job_equity.ts";
import { submitJob } from "../usecases/submit_job.ts";
import { topRows } from "../usecases/top_rows.ts";
import { watchJob } from "../usecases/watch_job.ts";
import type { CliDeps, OpenDemo } from "./deps.ts";
import { preselectLine } from "./render/preselect_line.ts";
import { progressView } from "./render/progress.ts";
import { reportColumns } from "./render/report_columns.ts";
import { variantTable } from "./render/variant_table.ts";
import { warningLines } from "./render/warning_lines.ts";

const pollMs = 50;
const shownVariants = 10;
const sparklineWidth = 72;

/** `demo`: the main job from nothing, on real candles. */
export function addDemoCommand(program: Command, deps: CliDeps): void {
  program.command("demo")
    .description("Sweep two indicators over 20 years of S&P 500 days with an embedded database")
    .option("--json", "print one JSON object and nothing else on stdout")
    .option("--serve", "keep the database up until Ctrl-C, to look at the rows")
    .action((options: { json?: boolean; serve?: boolean }) => demo(options, deps));
}

async function demo(options: { json?: boolean; serve?: boolean }, deps: CliDeps): Promise<void> {
  const startedMs = deps.clock.monotonicMs();
  await using open = await deps.openDemo({ onNotice: (line) => deps.err(`${line}\n`) });
  const submitted = await submitJob({ parsed: open.request, userId: deps.userId }, {
    ...open,
    newId: deps.newId,
  });
  const job = await follow(submitted, open, deps);
  const elapsedMs = Math.round(deps.clock.monotonicMs() - startedMs);
  const top = await topRows({ jobId: job.jobId, userId: deps.userId, limit: shownVariants }, {
    ...open,
    topKPersisted: open.config.jobs.top_k_persisted_default,
    markets: open.config.markets,
  });
  const shortlist = await open.results.getShortlist(job.jobId);
  const expandsAll = job.requestJson.preselect === "all";
  const summary = {
    job_id: job.jobId,
    state: job.state,
    stage_a_variants: shortlist?.stageAVariantsTotal ?? 0,
    stage_b_variants: (expandsAll ? shortlist?.stageAVariantsTotal ?? 0 : shortlist?.preselectUsed ?? 0) *
      (shortlist?.riskTotal ?? 0),
    elapsed_ms: elapsedMs,
  };
  const missed = expandsAll ? { missed_by_default_preselect: top.missed_by_default_preselect } : {};
  if (job.state !== "succeeded") throw new Error(`The demo job ended ${job.state}: ${job.lastError}`);
  if (options.json) deps.out(`${JSON.stringify({ ...summary, ...missed, top: top.items })}\n`);
  else deps.out(await summaryText({ job, top, summary }, open));
  const commandMs = open.sinceCommandMs();
  if (commandMs !== null) {
    deps.err(
      `${(commandMs / 1000).toFixed(1)} s since the command was given, packages and module included\n`,
    );
  }
  if (options.serve) await serve(open, deps);
}

async function follow(submitted: Job, open: OpenDemo, deps: CliDeps): Promise<Job> {
  using view = progressView({ interactive: deps.interactive, clock: deps.clock, write: deps.err });
  const watched = watchJob(submitted, {
    jobs: open.jobs,
    clock: deps.clock,
    pollMs,
    onUpdate: (job) => view.update(job),
    signal: deps.stop,
  });
  // a worker that dies rejects; one that stops in peace never wins the race before the job ends
  return await Promise.race([watched, open.worker.then(() => watched)]);
}

async function summaryText(
  { job, top, summary }: {
    readonly job: Job;
    readonly top: TopRows;
    readonly summary: { stage_a_variants: number; stage_b_variants: number; elapsed_ms: number };
  },
  open: OpenDemo,
): Promise<string> {
  const winner = top.items[0]!;
  const curve = await jobEquity({ job, trades: winner.trades ?? [] }, {
    candles: open.candles,
    marketOf: marketLookup(open.config.markets),
    defaults: open.defaults,
  });
  const count = (n: number) => n.toLocaleString("en-US");
  return [
    `Job ${job.jobId} ${job.state}: ${count(summary.stage_a_variants)} base variants, ` +
    `${count(summary.stage_b_variants)} with stop and target, ` +
    `in ${(summary.elapsed_ms / 1000).toFixed(1)} s from nothing (database included)`,
    "",
    variantTable(top.items, { rankedBy: top.ranked_by }),
    preselectLine(top.missed_by_default_preselect) + warningLines(top.warnings),
    "The winner:",
    reportColumns(winner.report_table_md ?? ""),
    "",
    `Equity  ${sparkline(curve.equity, sparklineWidth)}`,
    "",
    "The rows are in backtest_jobs, backtest_job_stage_a_shortlist and backtest_job_top_variants of",
    `${open.description}; \`--serve\` keeps it up and prints its DSN.`,
    "",
  ].join("\n");
}

async function serve(open: OpenDemo, deps: CliDeps): Promise<void> {
  deps.err(`Database up until Ctrl-C: psql '${open.dsn}'\n`);
  while (!deps.stop.aborted) await deps.clock.sleep(60_000, deps.stop);
}
