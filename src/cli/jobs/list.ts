import type { JobList } from "../../answers/job.ts";
import type { Command } from "commander";
import { type JobListQuery, listJobs } from "../../usecases/list_jobs.ts";
import type { CliDeps } from "../deps.ts";
import { positiveInteger } from "../options.ts";
import { jobTable } from "../render/job_table.ts";
import { remoteClient, type RemoteOptions, wasGiven, withApi } from "./remote.ts";

interface ListOptions extends RemoteOptions {
  readonly state?: string;
  readonly limit?: number;
  readonly cursor?: string;
  readonly user: string;
  readonly json?: boolean;
}

/** `jobs list`: a user's jobs, newest first. */
export function addListCommand(jobs: Command, deps: CliDeps): void {
  withApi(jobs.command("list"), { sendsUser: true })
    .description("List jobs, newest first")
    .option("--state <state>", "only queued, running, succeeded, failed or cancelled ones")
    .option("--limit <n>", "rows of a page, 1 to 250", positiveInteger)
    .option("--cursor <text>", "where an earlier page ended")
    .option("--user <uuid>", "owner of the jobs; with --api for operators only, who may say all", deps.userId)
    .option("--json", "print the page as JSON")
    .action(async ({ json, user, api, tokenEnv, ...query }: ListOptions, command: Command) => {
      const client = remoteClient(
        { ...(api === undefined ? {} : { api }), ...(tokenEnv === undefined ? {} : { tokenEnv }) },
        deps,
      );
      const named = wasGiven(command, "user") ? { user_id: user } : {};
      const page = client
        ? await client.listJobs({ ...query, ...named })
        : await local({ ...query, userId: user });
      if (json) return deps.out(`${JSON.stringify(page)}\n`);
      deps.out(`${jobTable(page.items)}\n`);
      if (page.next_cursor !== null) deps.err(`More: --cursor ${page.next_cursor}\n`);
    });

  async function local(query: JobListQuery): Promise<JobList> {
    await using stores = await deps.openJobs();
    return await listJobs(stores.jobs, query);
  }
}
