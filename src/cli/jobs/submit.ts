import type { Command } from "commander";
import { parseRequestText } from "../../schema/request.ts";
import { jobStatus } from "../../usecases/job_status.ts";
import { submitJob } from "../../usecases/submit_job.ts";
import type { CliDeps } from "../deps.ts";

/** `jobs submit`: puts a request into the queue and prints the job. */
export function addSubmitCommand(jobs: Command, deps: CliDeps): void {
  jobs.command("submit")
    .description("Queue a request; prints the job id")
    .requiredOption("--request <file>", "request as JSON; - for stdin")
    .option("--config <file>", "runtime config")
    .option("--user <uuid>", "owner of the job", deps.userId)
    .option("--json", "print the whole job as JSON")
    .action(async (options: { request: string; config?: string; user: string; json?: boolean }) => {
      const settings = await deps.loadSettings(options.config ? { configPath: options.config } : {});
      const parsed = parseRequestText(await deps.readText(options.request), options.request);
      await using stores = await deps.openJobs();
      const job = await submitJob({ parsed, userId: options.user }, {
        ...settings,
        jobs: stores.jobs,
        newId: deps.newId,
      });
      deps.out(options.json ? `${JSON.stringify(jobStatus(job))}\n` : `${job.jobId}\n`);
    });
}
