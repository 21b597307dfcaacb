import type { Command } from "commander";
import { exportJob } from "../../usecases/export_job.ts";
import type { CliDeps } from "../deps.ts";
import { packArchive } from "./archive_file.ts";

/** `jobs export`: everything of an ended job in one file. */
export function addExportCommand(jobs: Command, deps: CliDeps): void {
  jobs.command("export <job-id>")
    .description("Write everything of an ended job to one file, for `jobs import`")
    .requiredOption("--out <file>", "file to write, gzip; it must not exist yet")
    .option("--user <uuid>", "owner of the job", deps.userId)
    .action(async (jobId: string, options: { out: string; user: string }) => {
      await using stores = await deps.openJobs();
      const text = await exportJob(stores, { jobId, userId: options.user });
      await deps.writeNewFile(options.out, { bytes: packArchive(text) });
      deps.out(`exported ${jobId.trim().toLowerCase()} to ${options.out}\n`);
    });
}
