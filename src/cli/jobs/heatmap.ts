import type { Command } from "commander";
import { jobHeatmap } from "../../usecases/job_heatmap.ts";
import type { CliDeps } from "../deps.ts";
import { heatmapTable } from "../render/heatmap_table.ts";

interface HeatmapOptions {
  readonly x?: string;
  readonly y?: string;
  readonly user: string;
  readonly json?: boolean;
}

/** `jobs heatmap`: the returns around a job's winner over two axes. */
export function addHeatmapCommand(jobs: Command, deps: CliDeps): void {
  jobs.command("heatmap <job-id>")
    .description("Show the returns around the winner of a succeeded job over two axes")
    .option("--x <axis>", "such as tp_pct or ma.sma.window; default stop and target")
    .option("--y <axis>", "the other axis")
    .option("--user <uuid>", "owner of the job", deps.userId)
    .option("--json", "print the axes and all figures as JSON")
    .action(async (jobId: string, { x, y, user, json }: HeatmapOptions) => {
      await using stores = await deps.openJobs();
      const axes = { ...(x === undefined ? {} : { x }), ...(y === undefined ? {} : { y }) };
      const heatmap = await jobHeatmap({ jobId, userId: user, ...axes }, stores);
      deps.out(json ? `${JSON.stringify(heatmap)}\n` : heatmapTable(heatmap));
    });
}
