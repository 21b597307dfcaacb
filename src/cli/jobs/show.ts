import type { Command } from "commander";
import type { JobStatus } from "../../answers/job.ts";
import type { OptimizationAnswer, OptimizationTasks } from "../../answers/optimization.ts";
import { ApiError } from "../../client/api_error.ts";
import type { BacktestClient } from "../../client/client.ts";
import { tasksPageMax } from "../../ports/optimization_reader.ts";
import { shownJob } from "../../usecases/job_status.ts";
import { listTasks } from "../../usecases/list_optimizations.ts";
import { optimizationView } from "../../usecases/optimization_view.ts";
import { ownJob } from "../../usecases/own_job.ts";
import type { CliDeps } from "../deps.ts";
import { statusLines } from "../render/status_lines.ts";
import { optimizationLines } from "../render/task_table.ts";
import { remoteClient, type RemoteOptions, withApi } from "./remote.ts";

/** A job, and what there is besides of one that workers share. */
interface Shown {
  readonly status: JobStatus;
  readonly shared: {
    readonly optimization: OptimizationAnswer;
    readonly tasks: OptimizationTasks["items"];
  } | null;
}

/** `jobs show`: where a job stands, with its tasks when workers share it. */
export function addShowCommand(jobs: Command, deps: CliDeps): void {
  withApi(jobs.command("show <job-id>"))
    .description("Show a job's state, stage and progress, and the tasks of one that workers share")
    .option("--user <uuid>", "owner of the job", deps.userId)
    .option("--json", "print the job as JSON")
    .action(async (jobId: string, options: RemoteOptions & { user: string; json?: boolean }) => {
      const client = remoteClient(options, deps);
      const { status, shared } = client ? await remote(client, jobId) : await local(jobId, options.user);
      if (options.json) deps.out(`${JSON.stringify({ ...status, ...shared })}\n`);
      else {
        deps.out(statusLines(status));
        if (shared !== null) deps.out(optimizationLines(shared.optimization, shared.tasks));
      }
    });

  async function local(jobId: string, userId: string): Promise<Shown> {
    const { config } = await deps.loadSettings({});
    await using stores = await deps.openJobs();
    const job = await ownJob(stores.jobs, { jobId, userId });
    const status = shownJob(job, config.markets);
    const state = await stores.optimizations.get(job.jobId);
    if (state === null) return { status, shared: null };
    const query = { jobId: job.jobId, userId, limit: tasksPageMax };
    const { items: tasks } = await listTasks(stores.optimizations, query);
    return { status, shared: { optimization: optimizationView(state), tasks } };
  }

  async function remote(client: BacktestClient, jobId: string): Promise<Shown> {
    const status = await client.job(jobId);
    try {
      const optimization = await client.optimization(status.job_id);
      const { items: tasks } = await client.optimizationTasks(status.job_id, { limit: tasksPageMax });
      return { status, shared: { optimization, tasks } };
    } catch (error) {
      // a plain job, or an API of a release before
      if (error instanceof ApiError && error.status === 404) return { status, shared: null };
      throw error;
    }
  }
}
