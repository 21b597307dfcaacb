import type { JobStatus } from "../../answers/job.ts";
import type { Command } from "commander";
import { cancelJob } from "../../usecases/cancel_job.ts";
import { jobStatus } from "../../usecases/job_status.ts";
import type { CliDeps } from "../deps.ts";
import { statusLines } from "../render/status_lines.ts";
import { remoteClient, type RemoteOptions, withApi } from "./remote.ts";

/** `jobs cancel`: stops a job; a running one at its next boundary. */
export function addCancelCommand(jobs: Command, deps: CliDeps): void {
  withApi(jobs.command("cancel <job-id>"))
    .description("Cancel a queued job at once, a running one at its next batch boundary")
    .option("--user <uuid>", "owner of the job", deps.userId)
    .option("--json", "print the job as JSON")
    .action(async (jobId: string, options: RemoteOptions & { user: string; json?: boolean }) => {
      const client = remoteClient(options, deps);
      const status = client ? await client.cancelJob(jobId) : await local(jobId, options.user);
      deps.out(options.json ? `${JSON.stringify(status)}\n` : statusLines(status));
    });

  async function local(jobId: string, userId: string): Promise<JobStatus> {
    await using stores = await deps.openJobs();
    return jobStatus(await cancelJob(stores.jobs, { jobId, userId }));
  }
}
