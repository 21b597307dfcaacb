import type { JobStatus } from "../../answers/job.ts";
import type { Command } from "commander";
import { shownJob } from "../../usecases/job_status.ts";
import { ownJob } from "../../usecases/own_job.ts";
import type { CliDeps } from "../deps.ts";
import { statusLines } from "../render/status_lines.ts";
import { remoteClient, type RemoteOptions, withApi } from "./remote.ts";

/** `jobs show`: where a job stands. */
export function addShowCommand(jobs: Command, deps: CliDeps): void {
  withApi(jobs.command("show <job-id>"))
    .description("Show a job's state, stage and progress")
    .option("--user <uuid>", "owner of the job", deps.userId)
    .option("--json", "print the job as JSON")
    .action(async (jobId: string, options: RemoteOptions & { user: string; json?: boolean }) => {
      const client = remoteClient(options, deps);
      const status = client ? await client.job(jobId) : await local(jobId, options.user);
      deps.out(options.json ? `${JSON.stringify(status)}\n` : statusLines(status));
    });

  async function local(jobId: string, userId: string): Promise<JobStatus> {
    const { config } = await deps.loadSettings({});
    await using stores = await deps.openJobs();
    return shownJob(await ownJob(stores.jobs, { jobId, userId }), config.markets);
  }
}
