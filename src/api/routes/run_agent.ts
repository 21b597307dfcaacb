import { z } from "@hono/zod-openapi";
import { decisionAckSchema, decisionLogSchema, runContextSchema } from "../../answers/run.ts";
import { validationError } from "../../core/errors/mod.ts";
import { idempotencyOf } from "../../core/job/mod.ts";
import { decisionBody } from "../../request/run_decision.ts";
import { decide } from "../../runs/decide.ts";
import { listDecisions } from "../../usecases/list_runs.ts";
import { ownRun } from "../../usecases/own_run.ts";
import { runContext } from "../../usecases/run_context.ts";
import { type Endpoint, endpoint } from "../endpoint.ts";
import { integerParameter } from "../validate.ts";
import { key, ownQuery, page, runPath, type RunRoutesDeps, sessionHeaders } from "./run_parts.ts";

/** Longest wait for a change, in s. */
const waitMax = 30;

const decideHeaders = sessionHeaders.extend({
  "Idempotency-Key": key.describe("Of the caller's own choice; with it the same decision can be sent again"),
});
const contextQuery = z.object({
  wait: integerParameter.optional().describe(`Seconds to wait for a change of step, 0 to ${waitMax}`),
});
/** What the agent of a run asks and says. */
export function agentEndpoints({ runs, streams, stopping }: RunRoutesDeps): readonly Endpoint[] {
  const own = { access: "user", params: runPath, tag: "runs" } as const;
  return [
    endpoint({
      ...own,
      method: "get",
      path: "/backtests/runs/{run_id}/context",
      operationId: "runContext",
      summary: "What the agent may see now",
      description: "Bars, indicators and account at the close of the open step, and nothing later.",
      headers: sessionHeaders,
      query: contextQuery,
      success: { status: 200, description: "The context", schema: runContextSchema },
      errors: [400, 404],
      handle: (request) =>
        runContext({ ...ownQuery(request), waitMs: waitMs(request.query.wait) }, {
          deps: runs,
          changed: (run, { ms }) => {
            const signal = AbortSignal.any([stopping, request.c.env.client]);
            return streams.runChanged(run, { ms, signal });
          },
        }),
    }),
    endpoint({
      ...own,
      method: "post",
      path: "/backtests/runs/{run_id}/decisions",
      operationId: "decide",
      summary: "Decide the open step",
      description:
        "The same decision under the same key is answered with the same bytes, whatever has happened since. A decision " +
        "that is refused closes no step.",
      headers: decideHeaders,
      body: decisionBody,
      success: { status: 200, description: "What it did", schema: decisionAckSchema },
      errors: [400, 404, 409],
      async handle(request) {
        const { body: decision, headers: { "Idempotency-Key": key }, c } = request;
        const { runId } = await ownRun(runs.runs, ownQuery(request));
        const idempotency = idempotencyOf({ key, body: decision });
        const text = await decide({ runId, decision, ...idempotency }, runs);
        return c.body(text, 200, { "content-type": "application/json" });
      },
    }),
    endpoint({
      ...own,
      method: "get",
      path: "/backtests/runs/{run_id}/decisions",
      operationId: "listDecisions",
      summary: "The log of a run: an item per step, those without a decision among them",
      headers: sessionHeaders,
      query: z.object(page),
      success: { status: 200, description: "In step order", schema: decisionLogSchema },
      errors: [400, 404],
      handle: (request) => listDecisions({ ...ownQuery(request), ...request.query }, runs),
    }),
  ];
}

function waitMs(seconds = 0): number {
  if (seconds >= 0 && seconds <= waitMax) return seconds * 1000;
  const message = `wait must be 0 to ${waitMax}, got ${seconds}`;
  throw validationError("Validation failed", [{ path: "query.wait", code: "value_error", message }]);
}
