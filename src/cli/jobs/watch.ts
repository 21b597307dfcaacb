import type { JobStatus } from "../../answers/job.ts";
import type { Command } from "commander";
import type { BacktestClient } from "../../client/client.ts";
import { jobStatus } from "../../usecases/job_status.ts";
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
    return jobStatus(
      await watchJob(query, {
        jobs: stores.jobs,
        clock,
        pollMs,
        onUpdate: (job) => view.update(job),
        signal,
      }),
    );
  }

  async function remote(
    client: BacktestClient,
    { jobId, view }: { readonly jobId: string; readonly view: ProgressView },
  ): Promise<JobStatus> {
    for await (const event of client.watchJobs([jobId], { signal: deps.stop })) {
      const { state, stage, processed_units: processedUnits, total_units: totalUnits } = event;
      view.update({ state, stage, processedUnits, totalUnits });
    }
    return await client.job(jobId);
  }
}
