import type { Command } from "commander";
import { cancelJob } from "../../usecases/cancel_job.ts";
import { jobStatus } from "../../usecases/job_status.ts";
import type { CliDeps } from "../deps.ts";
import { statusLines } from "../render/status_lines.ts";

/** `jobs cancel`: stops a job; a running one at its next boundary. */
export function addCancelCommand(jobs: Command, deps: CliDeps): void {
  jobs.command("cancel <job-id>")
    .description("Cancel a queued job at once, a running one at its next batch boundary")
    .option("--user <uuid>", "owner of the job", deps.userId)
    .option("--json", "print the job as JSON")
    .action(async (jobId: string, options: { user: string; json?: boolean }) => {
      await using stores = await deps.openJobs();
      const status = jobStatus(await cancelJob(stores.jobs, { jobId, userId: options.user }));
      deps.out(options.json ? `${JSON.stringify(status)}\n` : statusLines(status));
    });
}
