import type { TopRows } from "../../answers/job.ts";
import type { Command } from "commander";
import { topRows } from "../../usecases/top_rows.ts";
import type { CliDeps } from "../deps.ts";
import { positiveInteger } from "../options.ts";
import { preselectLine } from "../render/preselect_line.ts";
import { variantTable } from "../render/variant_table.ts";
import { warningLines } from "../render/warning_lines.ts";
import { remoteClient, type RemoteOptions, withApi } from "./remote.ts";

/** `jobs top`: the ranked variants of a job, running or done. */
export function addTopCommand(jobs: Command, deps: CliDeps): void {
  withApi(jobs.command("top <job-id>"))
    .description("Show a job's best variants")
    .option("--limit <n>", "how many", positiveInteger)
    .option("--config <file>", "runtime config")
    .option("--user <uuid>", "owner of the job", deps.userId)
    .option("--json", "print the rows, with reports and trades of a succeeded job, as JSON")
    .action(async (jobId: string, options: TopOptions) => {
      const client = remoteClient(options, deps);
      const limit = options.limit === undefined ? {} : { limit: options.limit };
      const top = client ? await client.topRows(jobId, limit) : await local({ jobId, ...limit }, options);
      deps.out(
        options.json
          ? `${JSON.stringify(top)}\n`
          : `${variantTable(top.items, { rankedBy: top.ranked_by })}\n${
            preselectLine(top.missed_by_default_preselect)
          }${warningLines(top.warnings)}`,
      );
    });

  async function local(
    query: { readonly jobId: string; readonly limit?: number },
    options: TopOptions,
  ): Promise<TopRows> {
    const { config } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
    await using stores = await deps.openJobs();
    const topKPersisted = config.jobs.top_k_persisted_default;
    return await topRows({ ...query, userId: options.user }, {
      ...stores,
      topKPersisted,
      markets: config.markets,
    });
  }
}

interface TopOptions extends RemoteOptions {
  readonly limit?: number;
  readonly config?: string;
  readonly user: string;
  readonly json?: boolean;
}
