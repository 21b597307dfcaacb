import { z } from "@hono/zod-openapi";
import {
  scenarioAnswerSchema,
  scenarioStatusSchema,
  scenarioTemplatesSchema,
} from "../../answers/scenario.ts";
import { idempotencyOf } from "../../core/job/mod.ts";
import { tagPattern } from "../../core/run/mod.ts";
import { scenarioBody } from "../../request/scenario.ts";
import { ownId } from "../../usecases/own_id.ts";
import { scenarioCsv } from "../../usecases/scenario_csv.ts";
import { startScenario } from "../../usecases/start_scenario.ts";
import { scenarioResult, workspaceScenario } from "../../usecases/workspace_scenario.ts";
import type { Workspace } from "../../ports/run_repository.ts";
import type { Caller } from "../deps.ts";
import { type ApiRoutes, type Endpoint, endpoint, endpoints } from "../endpoint.ts";
import { type JobsDeps, submitHeaders } from "./jobs.ts";

const workspacePath = z.object({
  workspace_id: z.string().regex(tagPattern, "1 to 64 letters, digits, _ or -").describe(
    "A page of the caller's own choice; nobody else's is ever meant",
  ),
});

const scenarioPath = z.object({
  job_id: z.string().meta({ format: "uuid" }).transform((text) => ownId("job", text)),
});

/** Scenarios of workspaces, and what they came to. */
export function scenarioRoutes(deps: JobsDeps): ApiRoutes {
  const { scenarios: { runs }, config } = deps;
  return endpoints(deps, [
    startEndpoint(deps),
    endpoint({
      method: "get",
      path: "/workspaces/{workspace_id}/scenario",
      operationId: "workspaceScenario",
      tag: "scenarios",
      summary: "Where the workspace's scenario stands",
      access: "user",
      params: workspacePath,
      success: { status: 200, description: "The current one", schema: scenarioStatusSchema },
      errors: [404],
      handle: (request) => workspaceScenario(runs, workspaceOf(request)),
    }),
    endpoint({
      method: "delete",
      path: "/workspaces/{workspace_id}/scenario",
      operationId: "clearWorkspaceScenario",
      tag: "scenarios",
      summary: "Leave the workspace without a scenario; one that runs is cancelled",
      access: "user",
      params: workspacePath,
      success: { status: 204, description: "It has none now; its result, if there was one, stays" },
      async handle(request) {
        await runs.clear(workspaceOf(request));
        return request.c.body(null, 204);
      },
    }),
    endpoint({
      method: "get",
      path: "/scenarios/templates",
      operationId: "scenarioTemplates",
      tag: "scenarios",
      summary: "The hedges that can be asked for",
      access: "user",
      success: { status: 200, description: "As the config has them", schema: scenarioTemplatesSchema },
      handle: () => ({ items: config.scenarios.templates }),
    }),
    endpoint({
      method: "get",
      path: "/scenarios/{job_id}",
      operationId: "scenario",
      tag: "scenarios",
      summary: "What a scenario came to, also once another has replaced it",
      access: "user",
      params: scenarioPath,
      success: { status: 200, description: "The result", schema: scenarioAnswerSchema },
      errors: [404, 409],
      handle: (request) => scenarioResult(runs, scenarioOf(request)),
    }),
    endpoint({
      method: "get",
      path: "/scenarios/{job_id}/path.csv",
      operationId: "scenarioPathCsv",
      tag: "scenarios",
      summary: "Every day of every template as CSV",
      access: "user",
      params: scenarioPath,
      success: { status: 200, description: "The file", contentType: "text/csv" },
      errors: [404, 409],
      async handle(request) {
        const csv = scenarioCsv(await scenarioResult(runs, scenarioOf(request)));
        return request.c.body(csv, 200, {
          "content-type": "text/csv; charset=utf-8",
          "content-disposition": 'attachment; filename="path.csv"',
        });
      },
    }),
  ]);
}

function startEndpoint(deps: JobsDeps): Endpoint {
  return endpoint({
    method: "post",
    path: "/workspaces/{workspace_id}/scenario",
    operationId: "startScenario",
    tag: "scenarios",
    summary: "Work a scenario out in the background, in place of the workspace's current one",
    description:
      "With an `Idempotency-Key` header the same body gives the same job; another body is a `conflict`.",
    access: "user",
    params: workspacePath,
    headers: submitHeaders,
    body: scenarioBody(deps.config.scenarios),
    success: { status: 202, description: "Begun", schema: scenarioStatusSchema },
    errors: [409],
    handle(request) {
      const { body, headers: { "Idempotency-Key": key }, caller: { roles } } = request;
      const workspace = workspaceOf(request);
      const sent = { ...body, workspace_id: workspace.workspaceId };
      return startScenario({
        ...workspace,
        request: body,
        roles,
        ...(key === undefined ? {} : { idempotency: idempotencyOf({ key, body: sent }) }),
      }, { ...deps, ...deps.scenarios });
    },
  });
}

interface Asked<Params> {
  readonly params: Params;
  readonly caller: Pick<Required<Caller>, "userId">;
}

function workspaceOf(
  { params: { workspace_id: workspaceId }, caller: { userId } }: Asked<{ readonly workspace_id: string }>,
): Workspace {
  return { userId, workspaceId };
}

function scenarioOf(
  { params: { job_id: runId }, caller: { userId } }: Asked<{ readonly job_id: string }>,
) {
  return { runId, userId };
}
