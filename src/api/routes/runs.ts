import { z } from "@hono/zod-openapi";
import { idempotencyOf } from "../../core/job/mod.ts";
import { nameLengthMax } from "../../core/limits/mod.ts";
import { runNameLengthMax } from "../../core/run/mod.ts";
import { runBody } from "../../request/run.ts";
import {
  latestMetricsSchema,
  listedRunsSchema,
  runComparisonSchema,
  runListSchema,
  runResultSchema,
  runStatusSchema,
} from "../../answers/run.ts";
import { runStatus } from "../../runs/run_view.ts";
import { createRun } from "../../usecases/create_run.ts";
import { listListedRuns, listRuns } from "../../usecases/list_runs.ts";
import { cancelRun, ownRun, runNow } from "../../usecases/own_run.ts";
import { compareRuns, latestMetrics, runResult } from "../../usecases/run_results.ts";
import { type ApiRoutes, type Endpoint, endpoint, endpoints, Otherwise } from "../endpoint.ts";
import { agentEndpoints } from "./run_agent.ts";
import { key, ownQuery, page, runPath, type RunRoutesDeps, sessionHeaders } from "./run_parts.ts";

const createHeaders = sessionHeaders.extend({
  "Idempotency-Key": key.optional().describe(
    "With it the same body can be sent again and gives the same run",
  ),
});
const resumeHeaders = sessionHeaders.extend({
  "Last-Event-ID": z.string().max(64).optional().describe("The id of the last event that was read"),
});

const listQuery = z.object({
  state: z.string().max(nameLengthMax).optional().describe("running, succeeded, failed or cancelled"),
  kind: z.string().max(nameLengthMax).optional().describe(
    "interactive, scenario or baseline; all but baselines by default",
  ),
  agent_name: z.string().max(runNameLengthMax).optional(),
  session: z.string().max(nameLengthMax).optional().describe("Runs that were created with this X-Session-Id"),
  ...page,
});
const latestQuery = z.object({
  agent_name: z.string().trim().min(1).max(runNameLengthMax).default("Agent"),
});
const compareQuery = z.object({
  run_ids: z.string().max(500).describe("2 to 10 ids with commas between them"),
});

/** Runs that an agent drives: starting, watching, deciding, and what came of them. Names come before ids. */
export function runRoutes(deps: RunRoutesDeps): ApiRoutes {
  return endpoints(deps, [
    ...listEndpoints(deps),
    ...figureEndpoints(deps),
    ...runEndpoints(deps),
    ...agentEndpoints(deps),
  ]);
}

function listEndpoints({ runs, config, newId }: RunRoutesDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: "post",
      path: "/backtests/runs",
      operationId: "createRun",
      tag: "runs",
      summary: "Start a run that an agent drives step by step",
      description:
        "Its candles are loaded in the background; then its agent is waited for. Runs and jobs share a quota.",
      access: "user",
      headers: createHeaders,
      body: runBody,
      success: { status: 201, description: "Loading", schema: runStatusSchema },
      also: { 200: { description: "Created before with this key", schema: runStatusSchema } },
      errors: [400, 409],
      async handle({ body: sent, headers, caller: { userId, roles } }) {
        const { "Idempotency-Key": key, "X-Session-Id": sessionTag = null } = headers;
        const runId = newId();
        const run = await createRun({
          sent,
          userId,
          roles,
          sessionTag,
          ...(key === undefined ? {} : { idempotency: idempotencyOf({ key, body: sent }) }),
        }, { ...runs, config, newId: () => runId });
        return run.runId === runId ? runStatus(run) : new Otherwise(200, runStatus(run));
      },
    }),
    endpoint({
      method: "get",
      path: "/backtests/runs",
      operationId: "listRuns",
      tag: "runs",
      summary: "The caller's runs, newest first",
      access: "user",
      headers: sessionHeaders,
      query: listQuery,
      success: { status: 200, description: "One page", schema: runListSchema },
      errors: [400],
      handle: ({ query: { agent_name, session, ...query }, caller: { userId } }) =>
        listRuns(runs.runs, {
          ...query,
          userId,
          ...(agent_name === undefined ? {} : { agentName: agent_name }),
          ...(session === undefined ? {} : { sessionTag: session }),
        }),
    }),
    endpoint({
      method: "get",
      path: "/backtests/runs/listed",
      operationId: "listListedRuns",
      tag: "runs",
      summary: "What everybody may see: runs that were created with `listed`",
      access: "counted",
      query: z.object(page),
      success: { status: 200, description: "One page", schema: listedRunsSchema },
      handle: ({ query }) => listListedRuns(runs.runs, query),
    }),
  ];
}

function figureEndpoints({ runs }: RunRoutesDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: "get",
      path: "/backtests/runs/latest/metrics",
      operationId: "latestRunMetrics",
      tag: "runs",
      summary: "The figures of an agent's newest success",
      access: "user",
      headers: sessionHeaders,
      query: latestQuery,
      success: { status: 200, description: "The figures", schema: latestMetricsSchema },
      errors: [400, 404],
      handle: ({ query: { agent_name: agentName }, caller: { userId } }) =>
        latestMetrics({ userId, agentName }, runs),
    }),
    endpoint({
      method: "get",
      path: "/backtests/runs/compare",
      operationId: "compareRuns",
      tag: "runs",
      summary: "Own runs beside each other: figures, and equity on one axis of time",
      access: "user",
      headers: sessionHeaders,
      query: compareQuery,
      success: { status: 200, description: "In the order asked for", schema: runComparisonSchema },
      errors: [400, 404],
      handle: ({ query: { run_ids: runIds }, caller: { userId } }) => compareRuns({ userId, runIds }, runs),
    }),
  ];
}

function runEndpoints({ runs, streams }: RunRoutesDeps): readonly Endpoint[] {
  const own = { access: "user", params: runPath, headers: sessionHeaders, tag: "runs" } as const;
  return [
    endpoint({
      ...own,
      method: "get",
      path: "/backtests/runs/{run_id}",
      operationId: "getRun",
      summary: "Where a run stands",
      success: { status: 200, description: "The run", schema: runStatusSchema },
      errors: [400, 404],
      handle: async (request) => runStatus(await runNow(ownQuery(request), runs)),
    }),
    endpoint({
      ...own,
      method: "get",
      path: "/backtests/runs/{run_id}/result",
      operationId: "runResult",
      summary: "All that a succeeded run came to",
      success: { status: 200, description: "The result", schema: runResultSchema },
      errors: [400, 404, 409],
      handle: (request) => runResult(ownQuery(request), runs),
    }),
    endpoint({
      ...own,
      method: "post",
      path: "/backtests/runs/{run_id}/cancel",
      operationId: "cancelRun",
      summary: "Cancel a run; one that has ended stays as it is",
      success: { status: 200, description: "The run as it is now", schema: runStatusSchema },
      errors: [400, 404],
      handle: async (request) => runStatus(await cancelRun(ownQuery(request), runs)),
    }),
    endpoint({
      ...own,
      method: "get",
      path: "/backtests/runs/{run_id}/events",
      operationId: "watchRun",
      summary: "Follow a run live",
      description:
        "Server-sent events named `run`, each the whole run. The stream ends after its last state.",
      headers: resumeHeaders,
      success: {
        status: 200,
        description: "The stream; the schema is that of an event's data",
        contentType: "text/event-stream",
        schema: runStatusSchema,
      },
      also: { 204: { description: "The run has ended, and the caller has seen it" } },
      errors: [400, 404],
      async handle(request) {
        const { runId } = await ownRun(runs.runs, ownQuery(request));
        const { headers: { "Last-Event-ID": lastEventId }, caller: { userId }, c } = request;
        return await streams.answer({ kind: "run", ids: [runId], lastEventId, userId, c });
      },
    }),
  ];
}
