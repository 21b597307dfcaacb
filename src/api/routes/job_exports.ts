import { nameLengthMax } from "../../core/limits/mod.ts";
import { z } from "@hono/zod-openapi";
import type { Exact } from "../../answers/parts.ts";
import { jobHeatmapSchema } from "../../answers/job.ts";
import { jobEquity } from "../../usecases/job_equity.ts";
import { jobHeatmap } from "../../usecases/job_heatmap.ts";
import { rowTrades } from "../../usecases/row_trades.ts";
import type { Column } from "../../usecases/table.ts";
import { topTable } from "../../usecases/top_table.ts";
import { tradeTable } from "../../usecases/trade_table.ts";
import { type ApiContext, type ApiRoutes, type Endpoint, endpoint, endpoints } from "../endpoint.ts";
import { toCsv } from "../exports/csv.ts";
import { toParquet } from "../exports/parquet.ts";
import { integerParameter } from "../validate.ts";
import { jobPathSchema, jobQuery, type JobRequest, type JobsDeps, topDeps } from "./jobs.ts";

const csv = "text/csv";
const parquet = "application/vnd.apache.parquet";
const rowPath = jobPathSchema.extend({ rank: integerParameter });
const heatmapQuery = z.object({
  x: z.string().max(nameLengthMax * 2).optional(),
  y: z.string().max(nameLengthMax * 2).optional(),
});
/** Ranked variants, trades and equity as files, and the returns around the winner. */
export function jobExportRoutes(deps: JobsDeps): ApiRoutes {
  return endpoints(deps, [
    file("topCsv", {
      path: "/backtests/jobs/{job_id}/top.csv",
      summary: "The ranked variants as CSV, a column for every axis and metric",
      params: jobPathSchema,
      contentType: csv,
      content: async (request) => columnsCsv(await topTable(jobQuery(request), topDeps(deps))),
    }),
    file("topParquet", {
      path: "/backtests/jobs/{job_id}/top.parquet",
      summary: "The ranked variants as Parquet",
      params: jobPathSchema,
      contentType: parquet,
      content: async (request) => toParquet(await topTable(jobQuery(request), topDeps(deps))),
    }),
    file("tradesCsv", {
      path: "/backtests/jobs/{job_id}/rows/{rank}/trades.csv",
      summary: "The trades of one ranked variant",
      params: rowPath,
      contentType: csv,
      async content(request) {
        const { trades } = await rowTrades(rowQuery(request), topDeps(deps));
        return columnsCsv(tradeTable(trades));
      },
    }),
    file("tradesParquet", {
      path: "/backtests/jobs/{job_id}/rows/{rank}/trades.parquet",
      summary: "The trades of one ranked variant as Parquet",
      params: rowPath,
      contentType: parquet,
      async content(request) {
        const { trades } = await rowTrades(rowQuery(request), topDeps(deps));
        return toParquet(tradeTable(trades));
      },
    }),
    file("equityCsv", {
      path: "/backtests/jobs/{job_id}/rows/{rank}/equity.csv",
      summary: "The account of one ranked variant at every bar close",
      params: rowPath,
      contentType: csv,
      async content(request) {
        const row = await rowTrades(rowQuery(request), topDeps(deps));
        const { closeTsMs, equity } = await jobEquity(row, { ...deps, signal: request.c.req.raw.signal });
        const rows = Array.from(closeTsMs, (ms, i) => [new Date(ms).toISOString(), equity[i]]);
        return toCsv(["close_ts", "equity"], rows);
      },
    }),
    endpoint({
      method: "get",
      path: "/backtests/jobs/{job_id}/heatmap",
      operationId: "jobHeatmap",
      tag: "jobs",
      summary: "The returns around the winner over two axes",
      description: "Without `x` and `y`: stop and target, or else the first two axes that vary.",
      access: "user",
      params: jobPathSchema,
      query: heatmapQuery,
      success: { status: 200, description: "A grid of total returns", schema: jobHeatmapSchema },
      errors: [404, 409],
      handle: (request) => jobHeatmap({ ...jobQuery(request), ...request.query }, deps),
    }),
  ]);
}

interface FileEndpoint<Params extends z.ZodObject> {
  readonly path: string;
  readonly summary: string;
  readonly params: Params;
  readonly contentType: string;
  content(
    request: JobRequest & { readonly params: Exact<z.output<Params>>; readonly c: ApiContext },
  ): Promise<
    string | ArrayBuffer
  >;
}

function file<Params extends typeof jobPathSchema>(
  operationId: string,
  { path, summary, params, contentType, content }: FileEndpoint<Params>,
): Endpoint {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return endpoint({
    method: "get",
    path,
    operationId,
    tag: "jobs",
    summary,
    access: "user",
    params,
    success: { status: 200, description: "The file", contentType },
    errors: path.includes("{rank}") ? [404, 409] : [404],
    async handle(request) {
      const headers = {
        "content-type": contentType === csv ? `${csv}; charset=utf-8` : contentType,
        "content-disposition": `attachment; filename="${name}"`,
      };
      return request.c.body(await content(request), 200, headers);
    },
  });
}

function rowQuery(request: JobRequest & { readonly params: { readonly rank: number } }) {
  return { ...jobQuery(request), rank: request.params.rank };
}

function columnsCsv(columns: readonly Column[]): string {
  const rows = columns[0]?.values.map((_, i) => columns.map(({ values }) => values[i])) ?? [];
  return toCsv(columns.map(({ name }) => name), rows);
}
