import type { JobHeatmap } from "../../answers/job.ts";
import type { Command } from "commander";
import { jobHeatmap } from "../../usecases/job_heatmap.ts";
import type { CliDeps } from "../deps.ts";
import { heatmapTable } from "../render/heatmap_table.ts";
import { remoteClient, type RemoteOptions, withApi } from "./remote.ts";

interface HeatmapOptions extends RemoteOptions {
  readonly x?: string;
  readonly y?: string;
  readonly user: string;
  readonly json?: boolean;
}

/** `jobs heatmap`: the returns around a job's winner over two axes. */
export function addHeatmapCommand(jobs: Command, deps: CliDeps): void {
  withApi(jobs.command("heatmap <job-id>"))
    .description("Show the returns around the winner of a succeeded job over two axes")
    .option("--x <axis>", "such as tp_pct or ma.sma.window; default stop and target")
    .option("--y <axis>", "the other axis")
    .option("--user <uuid>", "owner of the job", deps.userId)
    .option("--json", "print the axes and all figures as JSON")
    .action(async (jobId: string, options: HeatmapOptions) => {
      const { x, y, user, json } = options;
      const axes = { ...(x === undefined ? {} : { x }), ...(y === undefined ? {} : { y }) };
      const client = remoteClient(options, deps);
      const heatmap = client
        ? await client.heatmap(jobId, axes)
        : await local({ jobId, userId: user, ...axes });
      deps.out(json ? `${JSON.stringify(heatmap)}\n` : heatmapTable(heatmap));
    });

  async function local(query: Parameters<typeof jobHeatmap>[0]): Promise<JobHeatmap> {
    await using stores = await deps.openJobs();
    return await jobHeatmap(query, stores);
  }
}
