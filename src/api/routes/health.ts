import { z } from "@hono/zod-openapi";
import type { Answer } from "../../answers/parts.ts";
import { passes } from "../../usecases/readiness_check.ts";
import type { ApiDeps } from "../deps.ts";
import { type ApiRoutes, endpoint, endpoints, Otherwise } from "../endpoint.ts";

const health = z.object({ status: z.literal("ok") });

const readiness = z.object({
  status: z.enum(["ready", "not_ready", "stopping"]),
  checks: z.record(z.string(), z.enum(["ok", "failed"])),
}).openapi("Readiness");

const notNow = (answer: Answer<typeof readiness>) => new Otherwise(503, answer);

/** `/healthz`, `/readyz` and `/metrics`. */
export function healthRoutes(deps: ApiDeps): ApiRoutes {
  return endpoints(deps, [
    endpoint({
      method: "get",
      path: "/healthz",
      operationId: "healthz",
      tag: "operations",
      summary: "Whether the process answers",
      access: "public",
      success: { status: 200, description: "It does", schema: health },
      handle: () => ({ status: "ok" as const }),
    }),
    endpoint({
      method: "get",
      path: "/readyz",
      operationId: "readyz",
      tag: "operations",
      summary: "Whether everything the process needs is there",
      description:
        "503 with the same body while something is missing; the log says what. Once the process was told to stop: 503, `stopping`.",
      access: "public",
      success: { status: 200, description: "It is", schema: readiness },
      also: { 503: { description: "Something is missing, or the process ends", schema: readiness } },
      async handle() {
        if (deps.stopping.aborted) return notNow({ status: "stopping", checks: {} });
        const results = await Promise.all(deps.readiness.map((check) => passes(check, deps)));
        const ready = results.every(Boolean);
        const checks = Object.fromEntries(
          deps.readiness.map(({ name }, i) => [name, results[i] ? "ok" as const : "failed" as const]),
        );
        return ready ? { status: "ready" as const, checks } : notNow({ status: "not_ready", checks });
      },
    }),
    endpoint({
      method: "get",
      path: "/metrics",
      operationId: "metrics",
      tag: "operations",
      summary: "Prometheus metrics of this process",
      access: "public",
      success: { status: 200, description: "Prometheus text", contentType: "text/plain" },
      async handle({ c }) {
        const { text, contentType } = await deps.metricsText();
        return c.body(text, 200, { "content-type": contentType });
      },
    }),
  ]);
}
