import type { JobStatus } from "../../answers/job.ts";
import { parseRequestText } from "../../request/parse.ts";
import { idempotencyOf } from "../../core/job/mod.ts";
import type { Command } from "commander";
import type { BacktestClient } from "../../client/client.ts";
import { readJsonText } from "../../schema/json_text.ts";
import { jobStatus } from "../../usecases/job_status.ts";
import { submitJob } from "../../usecases/submit_job.ts";
import type { CliDeps } from "../deps.ts";
import { sharingOf, type SharingOptions, withSharing } from "./sharing_options.ts";
import { remoteClient, type RemoteOptions, withApi } from "./remote.ts";

/** `jobs submit`: puts a request into the queue and prints the job. */
export function addSubmitCommand(jobs: Command, deps: CliDeps): void {
  withSharing(withApi(jobs.command("submit")))
    .description("Queue a request; prints the job id")
    .requiredOption("--request <file>", "request as JSON; - for stdin")
    .option("--config <file>", "runtime config")
    .option("--user <uuid>", "owner of the job", deps.userId)
    .option("--idempotency-key <key>", "of your own choice: sending the same again gives the same job")
    .option("--json", "print the whole job as JSON")
    .action(async (options: SubmitOptions) => {
      const client = remoteClient(options, deps);
      const status = client ? await remote(client, options) : await local(options);
      deps.out(options.json ? `${JSON.stringify(status)}\n` : `${status.job_id}\n`);
    });

  async function remote(client: BacktestClient, options: SubmitOptions): Promise<JobStatus> {
    const { request, idempotencyKey } = options;
    const body = readJsonText(await deps.readText(request), request);
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    const sharing = sharingOf(options);
    if (sharing === null) return await client.submitJob(body, key);
    const { id } = await client.submitOptimization({ ...body as object, ...sharing }, key);
    return await client.job(id);
  }

  async function local(options: SubmitOptions): Promise<JobStatus> {
    const settings = await deps.loadSettings(options.config ? { configPath: options.config } : {});
    const parsed = parseRequestText(await deps.readText(options.request), options.request);
    await using stores = await deps.openJobs();
    const { idempotencyKey: key } = options;
    const sharing = sharingOf(options);
    const shared = sharing === null ? {} : { sharing };
    const idempotency = key === undefined ? {} : {
      // as the API has it, so that one key means the same wherever it is sent
      idempotency: idempotencyOf({ key, body: sharing === null ? parsed : { parsed, sharing } }),
    };
    const job = await submitJob({ parsed, userId: options.user, ...shared, ...idempotency }, {
      ...settings,
      jobs: stores.jobs,
      strategies: stores.strategies,
      newId: deps.newId,
    });
    return jobStatus(job);
  }
}

interface SubmitOptions extends RemoteOptions, SharingOptions {
  readonly request: string;
  readonly config?: string;
  readonly user: string;
  readonly idempotencyKey?: string;
  readonly json?: boolean;
}
