import type { Command } from "commander";
import { topRows } from "../../usecases/top_rows.ts";
import type { CliDeps } from "../deps.ts";
import { positiveInteger } from "../options.ts";
import { variantTable } from "../render/variant_table.ts";
import { warningLines } from "../render/warning_lines.ts";

/** `jobs top`: the ranked variants of a job, running or done. */
export function addTopCommand(jobs: Command, deps: CliDeps): void {
  jobs.command("top <job-id>")
    .description("Show a job's best variants")
    .option("--limit <n>", "how many", positiveInteger)
    .option("--config <file>", "runtime config")
    .option("--user <uuid>", "owner of the job", deps.userId)
    .option("--json", "print the rows, with reports and trades of a succeeded job, as JSON")
    .action(async (jobId: string, options: TopOptions) => {
      const { config } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
      await using stores = await deps.openJobs();
      const top = await topRows(
        { jobId, userId: options.user, ...(options.limit === undefined ? {} : { limit: options.limit }) },
        { ...stores, topKPersisted: config.jobs.topKPersistedDefault },
      );
      deps.out(
        options.json
          ? `${JSON.stringify(top)}\n`
          : `${variantTable(top.items)}\n${warningLines(top.warnings)}`,
      );
    });
}

interface TopOptions {
  readonly limit?: number;
  readonly config?: string;
  readonly user: string;
  readonly json?: boolean;
}
