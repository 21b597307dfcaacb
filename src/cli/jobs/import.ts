import type { Command } from "commander";
import { importJob } from "../../usecases/import_job.ts";
import type { CliDeps } from "../deps.ts";
import { archiveBytesMax, unpackArchive } from "./archive_file.ts";

/** `jobs import`: an exported job back into the tables. */
export function addImportCommand(jobs: Command, deps: CliDeps): void {
  jobs.command("import <file>")
    .description("Restore a job from the file of `jobs export`; the owner is the one it had")
    .action(async (file: string) => {
      const text = unpackArchive(await deps.readBytes(file, { bytesMax: archiveBytesMax }), file);
      await using stores = await deps.openJobs();
      const { jobId, state, topVariants, outcome } = await importJob(stores.archive, { text, file });
      deps.out(
        outcome === "present"
          ? `${jobId} is there already, with the same content; nothing was written\n`
          : `restored ${jobId}: ${state}, ${topVariants} variants\n`,
      );
    });
}
