import type { Command } from "commander";
import type { JobEvent, JobStatus } from "../../answers/job.ts";
import type { OptimizationAnswer, OptimizationEvent } from "../../answers/optimization.ts";
import { ApiError } from "../../client/api_error.ts";
import type { BacktestClient } from "../../client/client.ts";
import { jobStatus } from "../../usecases/job_status.ts";
import { optimizationSummary } from "../../usecases/optimization_view.ts";
import type { JobQuery } from "../../usecases/own_job.ts";
import { watchJob } from "../../usecases/watch_job.ts";
import type { CommandDeps } from "../deps.ts";
import { type ProgressView, progressView } from "../render/progress.ts";
import { statusLines } from "../render/status_lines.ts";
import { remoteClient, type RemoteOptions, withApi } from "./remote.ts";

const pollMs = 500;

/** `jobs watch`: follows a job to its end; exit code 0 only when it succeeded. */
export function addWatchCommand(jobs: Command, deps: CommandDeps): void {
  withApi(jobs.command("watch <job-id>"))
    .description("Follow a job with stage, rate and ETA until it ends (exit 1 unless it succeeded)")
    .option("--user <uuid>", "owner of the job", deps.userId)
    .option("--json", "print the job as JSON when it has ended")
    .action(async (jobId: string, options: RemoteOptions & { user: string; json?: boolean }) => {
      const client = remoteClient(options, deps);
      using view = progressView({ interactive: deps.interactive, clock: deps.clock, write: deps.err });
      const status = client
        ? await remote(client, { jobId, view })
        : await local({ jobId, userId: options.user }, view);
      view[Symbol.dispose]();
      deps.out(options.json ? `${JSON.stringify(status)}\n` : statusLines(status));
      if (status.state !== "succeeded") deps.setExitCode(1);
    });

  async function local(query: JobQuery, view: ProgressView): Promise<JobStatus> {
    await using stores = await deps.openJobs();
    const { clock, stop: signal } = deps;
    let shared = true;
    const onUpdate = async (job: Parameters<ProgressView["update"]>[0] & { readonly jobId: string }) => {
      // once it is known that nobody shares it, nobody is asked again
      const state = shared ? await stores.optimizations.get(job.jobId) : null;
      shared = state !== null;
      view.update({ ...job, ...(state === null ? {} : { tasks: tasksText(optimizationSummary(state)) }) });
    };
    return jobStatus(await watchJob(query, { jobs: stores.jobs, clock, pollMs, onUpdate, signal }));
  }

  async function remote(
    client: BacktestClient,
    { jobId, view }: { readonly jobId: string; readonly view: ProgressView },
  ): Promise<JobStatus> {
    const options = { signal: deps.stop };
    const events: AsyncIterable<JobEvent & Partial<OptimizationEvent>> = await isShared(client, jobId)
      ? client.watchOptimization(jobId, options)
      : client.watchJobs([jobId], options);
    for await (const event of events) {
      const { state, stage, processed_units: processedUnits, total_units: totalUnits, summary } = event;
      const tasks = summary === undefined ? {} : { tasks: tasksText(summary) };
      view.update({ state, stage, processedUnits, totalUnits, ...tasks });
    }
    return await client.job(jobId);
  }
}

async function isShared(client: BacktestClient, jobId: string): Promise<boolean> {
  try {
    await client.optimization(jobId);
    return true;
  } catch (error) {
    // a plain job, or an API of a release before; a job that is not there is told of when it is watched
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

/** How many tasks are done, and who works on others. */
function tasksText({ finished, total, workers }: OptimizationAnswer["summary"]): string {
  return `tasks ${finished}/${total}${workers.length === 0 ? "" : ` by ${workers.join(", ")}`}`;
}
