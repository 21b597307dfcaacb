import { readInTurn } from "../row_reads.ts";
import { requestBody } from "../../request/parse.ts";
import { idempotencyKey, idempotencyOf } from "../../core/job/mod.ts";
import { cursorLengthMax, nameLengthMax } from "../../core/limits/mod.ts";
import { z } from "@hono/zod-openapi";
import { cancelJob } from "../../usecases/cancel_job.ts";
import { shownJob } from "../../usecases/job_status.ts";
import { listJobs } from "../../usecases/list_jobs.ts";
import { ownId } from "../../usecases/own_id.ts";
import { type JobQuery, ownJob } from "../../usecases/own_job.ts";
import { submitJob } from "../../usecases/submit_job.ts";
import { topRows } from "../../usecases/top_rows.ts";
import type { ApiDeps, ApiJobs, Caller } from "../deps.ts";
import { type ApiRoutes, type Endpoint, endpoint, endpoints, Otherwise } from "../endpoint.ts";
import { jobListSchema, jobStatusSchema, topRowsSchema } from "../../answers/job.ts";
import { integerParameter } from "../validate.ts";

/** What the routes of jobs reach the world through. */
export type JobsDeps = Omit<ApiDeps, "jobs"> & ApiJobs;

const listQuery = z.object({
  state: z.string().max(nameLengthMax).optional().describe(
    "queued, running, succeeded, failed or cancelled; blank for all",
  ),
  limit: integerParameter.optional().describe("1 to 250, 50 by default"),
  user_id: z.string().max(nameLengthMax).optional().describe(
    "Whose jobs, or `all`: for operators; the caller's own unless given",
  ),
  cursor: z.string().max(cursorLengthMax).optional().describe(
    "The next_cursor of the page before; blank for none",
  ),
});
/** How many rows. */
export const topQuery = z.object({
  limit: integerParameter.optional().describe("As many as are kept by default"),
});

/** What makes a submission one that can be sent again. */
export const submitHeaders = z.object({
  "Idempotency-Key": z.string().meta({ pattern: "^[!-~]{1,255}$" }).transform(idempotencyKey).optional()
    .describe(
      "Of the caller's own choice: with it the same body can be sent again and gives the same job",
    ),
});

/** The path of one job. */
export const jobPathSchema = z.object({
  job_id: z.string().meta({ format: "uuid" }).transform((text) => ownId("job", text)),
});

/** What names a job, and who asks. */
export interface JobRequest {
  readonly params: { readonly job_id: string };
  readonly caller: Required<Caller>;
}

/** The job a request names, and who asks. */
export function jobQuery(
  { params: { job_id: jobId }, caller: { userId, isOperator } }: JobRequest,
): JobQuery {
  return { jobId, userId, isOperator };
}

/** Creating, listing, reading and cancelling jobs, and their ranked variants. */
export function jobsRoutes(deps: JobsDeps): ApiRoutes {
  const { jobs } = deps;
  return endpoints(deps, [
    submitEndpoint(deps),
    endpoint({
      method: "get",
      path: "/backtests/jobs",
      operationId: "listJobs",
      tag: "jobs",
      summary: "The caller's jobs, newest first; an operator names whose",
      access: "user",
      query: listQuery,
      success: { status: 200, description: "One page", schema: jobListSchema },
      handle: ({ query: { user_id: of, ...query }, caller }) =>
        listJobs(jobs, { ...query, ...caller, ...(of === undefined ? {} : { of }) }),
    }),
    endpoint({
      method: "get",
      path: "/backtests/jobs/{job_id}",
      operationId: "getJob",
      tag: "jobs",
      summary: "Where a job stands",
      access: "user",
      params: jobPathSchema,
      success: { status: 200, description: "The job", schema: jobStatusSchema },
      errors: [404],
      handle: async (request) => shownJob(await ownJob(jobs, jobQuery(request)), deps.config.markets),
    }),
    endpoint({
      method: "get",
      path: "/backtests/jobs/{job_id}/top",
      operationId: "topRows",
      tag: "jobs",
      summary: "A job's best variants, while it runs and after",
      description: "Reports and trades are there once the job has succeeded.",
      access: "user",
      params: jobPathSchema,
      query: topQuery,
      success: { status: 200, description: "In rank order", schema: topRowsSchema },
      errors: [404],
      handle: (request) => topRows({ ...jobQuery(request), ...request.query }, topDeps(deps)),
    }),
    endpoint({
      method: "post",
      path: "/backtests/jobs/{job_id}/cancel",
      operationId: "cancelJob",
      tag: "jobs",
      summary: "Cancel a job: queued at once, running at its next batch",
      access: "user",
      params: jobPathSchema,
      success: {
        status: 200,
        description: "The job, with its state now; unchanged when it had ended",
        schema: jobStatusSchema,
      },
      errors: [404],
      handle: async (request) => shownJob(await cancelJob(jobs, jobQuery(request)), deps.config.markets),
    }),
  ]);
}

function submitEndpoint(deps: JobsDeps): Endpoint {
  return endpoint({
    method: "post",
    path: "/backtests/jobs",
    operationId: "submitJob",
    tag: "jobs",
    summary: "Queue a sweep",
    description:
      "With an `Idempotency-Key` header the same body gives the same job: 201 the first time, 200 after " +
      "that, however the quota stands then; another body is a `conflict`. Without it equal bodies are two jobs.",
    access: "user",
    headers: submitHeaders,
    body: requestBody,
    success: { status: 201, description: "Queued", schema: jobStatusSchema },
    also: { 200: { description: "Created before with this key", schema: jobStatusSchema } },
    errors: [404, 409],
    async handle({ body: parsed, headers: { "Idempotency-Key": key }, caller: { userId, roles }, c }) {
      const jobId = deps.newId();
      const job = await submitJob({
        parsed,
        userId,
        roles,
        traceId: c.get("traceId"),
        ...(key === undefined ? {} : { idempotency: idempotencyOf({ key, body: parsed }) }),
      }, { ...deps, newId: () => jobId });
      const status = shownJob(job, deps.config.markets);
      return job.jobId === jobId ? status : new Otherwise(200, status);
    },
  });
}

/** Where ranked variants come from. */
export function topDeps({ jobs, results, config }: JobsDeps) {
  return {
    jobs,
    results: readInTurn(results),
    topKPersisted: config.jobs.top_k_persisted_default,
    markets: config.markets,
  };
}
