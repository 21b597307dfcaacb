import type { Command } from "commander";
import { jobStatus } from "../../usecases/job_status.ts";
import { ownJob } from "../../usecases/own_job.ts";
import type { CliDeps } from "../deps.ts";
import { statusLines } from "../render/status_lines.ts";

/** `jobs show`: where a job stands. */
export function addShowCommand(jobs: Command, deps: CliDeps): void {
  jobs.command("show <job-id>")
    .description("Show a job's state, stage and progress")
    .option("--user <uuid>", "owner of the job", deps.userId)
    .option("--json", "print the job as JSON")
    .action(async (jobId: string, options: { user: string; json?: boolean }) => {
      await using stores = await deps.openJobs();
      const status = jobStatus(await ownJob(stores.jobs, { jobId, userId: options.user }));
      deps.out(options.json ? `${JSON.stringify(status)}\n` : statusLines(status));
    });
}
