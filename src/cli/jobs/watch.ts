import type { Command } from "commander";
import { jobStatus } from "../../usecases/job_status.ts";
import { watchJob } from "../../usecases/watch_job.ts";
import type { CommandDeps } from "../deps.ts";
import { progressView } from "../render/progress.ts";
import { statusLines } from "../render/status_lines.ts";

const pollMs = 500;

/** `jobs watch`: follows a job to its end; exit code 0 only when it succeeded. */
export function addWatchCommand(jobs: Command, deps: CommandDeps): void {
  jobs.command("watch <job-id>")
    .description("Follow a job with stage, rate and ETA until it ends (exit 1 unless it succeeded)")
    .option("--user <uuid>", "owner of the job", deps.userId)
    .option("--json", "print the job as JSON when it has ended")
    .action(async (jobId: string, options: { user: string; json?: boolean }) => {
      await using stores = await deps.openJobs();
      using view = progressView({ interactive: deps.interactive, clock: deps.clock, write: deps.err });
      const job = await watchJob({ jobId, userId: options.user }, {
        jobs: stores.jobs,
        clock: deps.clock,
        pollMs,
        onUpdate: (job) => view.update(job),
        signal: deps.stop,
      });
      view[Symbol.dispose]();
      const status = jobStatus(job);
      deps.out(options.json ? `${JSON.stringify(status)}\n` : statusLines(status));
      if (job.state !== "succeeded") deps.setExitCode(1);
    });
}
