import { z } from "@hono/zod-openapi";
import {
  optimizationAnswerSchema,
  optimizationEventSchema,
  optimizationListSchema,
  optimizationTasksSchema,
} from "../../answers/optimization.ts";
import { topRowsSchema } from "../../answers/job.ts";
import { idempotencyOf } from "../../core/job/mod.ts";
import { cursorLengthMax, nameLengthMax } from "../../core/limits/mod.ts";
import { cancelBodySchema, optimizationBody } from "../../request/optimization.ts";
import { bodyOf } from "../../request/parse.ts";
import { cancelJob } from "../../usecases/cancel_job.ts";
import { listOptimizations, listTasks } from "../../usecases/list_optimizations.ts";
import { optimizationView } from "../../usecases/optimization_view.ts";
import { ownId } from "../../usecases/own_id.ts";
import type { JobQuery } from "../../usecases/own_job.ts";
import { ownOptimization } from "../../usecases/own_optimization.ts";
import { submitJob } from "../../usecases/submit_job.ts";
import { topRows } from "../../usecases/top_rows.ts";
import type { Caller } from "../deps.ts";
import { type ApiRoutes, type Endpoint, endpoint, endpoints, Otherwise } from "../endpoint.ts";
import type { EventStreams } from "../event_streams.ts";
import { integerParameter } from "../validate.ts";
import { resumeHeaders } from "./job_events.ts";
import { type JobsDeps, submitHeaders, topDeps, topQuery } from "./jobs.ts";

const path = z.object({
  id: z.string().meta({ format: "uuid" }).transform((text) => ownId("optimization", text)),
});
const cursor = z.string().max(cursorLengthMax).optional().describe(
  "The next_cursor of the page before; blank for none",
);
const listQuery = z.object({
  status: z.string().max(nameLengthMax).optional().describe(
    "queued, running, succeeded, failed, early-stopped or cancelled; blank for all",
  ),
  limit: integerParameter.optional().describe("1 to 250, 50 by default"),
  cursor,
});
const tasksQuery = z.object({
  limit: integerParameter.optional().describe("1 to 1000, 100 by default"),
  cursor,
});

interface OptimizationRequest {
  readonly params: { readonly id: string };
  readonly caller: Required<Caller>;
}

function queryOf({ params: { id: jobId }, caller: { userId, isOperator } }: OptimizationRequest): JobQuery {
  return { jobId, userId, isOperator };
}

/** Sweeps that many workers share: submitting, reading, following and cancelling them. */
export function optimizationRoutes(deps: JobsDeps, streams: EventStreams): ApiRoutes {
  return endpoints(deps, [
    submitEndpoint(deps),
    ...readEndpoints(deps),
    eventsEndpoint(deps, streams),
    cancelEndpoint(deps),
  ]);
}

function readEndpoints(deps: JobsDeps): readonly Endpoint[] {
  const { optimizations } = deps;
  return [
    endpoint({
      method: "get",
      path: "/optimizations",
      operationId: "listOptimizations",
      tag: "optimizations",
      summary: "The caller's optimizations, newest first",
      access: "user",
      query: listQuery,
      success: { status: 200, description: "One page", schema: optimizationListSchema },
      handle: ({ query, caller: { userId } }) => listOptimizations(optimizations, { ...query, userId }),
    }),
    endpoint({
      method: "get",
      path: "/optimizations/{id}",
      operationId: "getOptimization",
      tag: "optimizations",
      summary: "Where an optimization stands, with its best tasks",
      access: "user",
      params: path,
      success: { status: 200, description: "The optimization", schema: optimizationAnswerSchema },
      errors: [404],
      handle: async (request) => optimizationView(await ownOptimization(optimizations, queryOf(request))),
    }),
    endpoint({
      method: "get",
      path: "/optimizations/{id}/tasks",
      operationId: "listOptimizationTasks",
      tag: "optimizations",
      summary: "An optimization's tasks, in order",
      description: "Tasks that were not put up yet are not listed: `summary.total` counts them, too.",
      access: "user",
      params: path,
      query: tasksQuery,
      success: { status: 200, description: "One page", schema: optimizationTasksSchema },
      errors: [404],
      handle: (request) => listTasks(optimizations, { ...queryOf(request), ...request.query }),
    }),
    endpoint({
      method: "get",
      path: "/optimizations/{id}/top",
      operationId: "optimizationTopRows",
      tag: "optimizations",
      summary: "An optimization's best variants, while it runs and after",
      description: "As `/backtests/jobs/{job_id}/top`: reports and trades are there once it has ended.",
      access: "user",
      params: path,
      query: topQuery,
      success: { status: 200, description: "In rank order", schema: topRowsSchema },
      errors: [404],
      async handle(request) {
        await ownOptimization(optimizations, queryOf(request));
        return await topRows({ ...queryOf(request), ...request.query }, topDeps(deps));
      },
    }),
  ];
}

function submitEndpoint(deps: JobsDeps): Endpoint {
  return endpoint({
    method: "post",
    path: "/optimizations",
    operationId: "submitOptimization",
    tag: "optimizations",
    summary: "Queue a sweep that many workers share",
    description:
      "The body of a job, and how it is shared. The rows are those of the same job, to the last byte, however many workers " +
      "there were. With an `Idempotency-Key` header the same body gives the same optimization: 202 the first time, " +
      "200 after that; another body is a `conflict`.",
    access: "user",
    headers: submitHeaders,
    body: optimizationBody,
    success: { status: 202, description: "Queued", schema: optimizationAnswerSchema },
    also: { 200: { description: "Created before with this key", schema: optimizationAnswerSchema } },
    errors: [404, 409],
    async handle({ body: { request: parsed, sharing }, headers: { "Idempotency-Key": key }, caller, c }) {
      const jobId = deps.newId();
      const { userId, roles } = caller;
      const job = await submitJob({
        parsed,
        sharing,
        userId,
        roles,
        traceId: c.get("traceId"),
        ...(key === undefined ? {} : { idempotency: idempotencyOf({ key, body: { parsed, sharing } }) }),
      }, { ...deps, newId: () => jobId });
      const view = optimizationView(await ownOptimization(deps.optimizations, { jobId: job.jobId, userId }));
      return job.jobId === jobId ? view : new Otherwise(200, view);
    },
  });
}

function cancelEndpoint(deps: JobsDeps): Endpoint {
  return endpoint({
    method: "post",
    path: "/optimizations/{id}/cancel",
    operationId: "cancelOptimization",
    tag: "optimizations",
    summary: "Cancel an optimization: queued at once, running as soon as its workers look up",
    description:
      "Finished tasks keep their results in the summary. The reason, if one is sent, is for the log.",
    access: "user",
    params: path,
    body: { ...bodyOf(cancelBodySchema), optional: true },
    success: {
      status: 202,
      description: "The optimization as it is now; unchanged when it had ended",
      schema: optimizationAnswerSchema,
    },
    errors: [404],
    async handle(request) {
      const { optimizations, jobs, log } = deps;
      const query = queryOf(request);
      const { job: { userId } } = await ownOptimization(optimizations, query);
      const job = await cancelJob(jobs, query);
      const reason = request.body?.reason;
      // a running one is cancelled by its worker, who says so, too
      log.info(job.state === "cancelled" ? "optimization_cancelled" : "optimization_cancel_requested", {
        job_id: job.jobId,
        stage: job.stage,
        status: job.state,
        trace_id: request.c.get("traceId"),
        ...(reason ? { reason } : {}),
      });
      return optimizationView(await ownOptimization(optimizations, { jobId: job.jobId, userId }));
    },
  });
}

function eventsEndpoint(deps: JobsDeps, streams: EventStreams): Endpoint {
  return endpoint({
    method: "get",
    path: "/optimizations/{id}/events",
    operationId: "watchOptimization",
    tag: "optimizations",
    summary: "Follow an optimization live",
    description:
      "Server-sent events named `optimization`: those of the job with status, summary and stop reason, each with the " +
      "whole present state as JSON, an `OptimizationEvent`. Resumes by `Last-Event-ID` as the stream of a job does.",
    access: "user",
    params: path,
    headers: resumeHeaders,
    success: {
      status: 200,
      description: "The stream; the schema is that of an event's data",
      contentType: "text/event-stream",
      schema: optimizationEventSchema,
    },
    also: { 204: { description: "It has ended, and the caller has seen it" } },
    errors: [404],
    async handle({ params, caller, headers, c }) {
      const { job: { jobId } } = await ownOptimization(deps.optimizations, queryOf({ params, caller }));
      return await streams.answer({
        kind: "optimization",
        ids: [jobId],
        lastEventId: headers["Last-Event-ID"],
        userId: caller.userId,
        c,
      });
    },
  });
}
