import { traceIdOf } from "../core/text/mod.ts";
import type { ApiDeps } from "./deps.ts";
import type { ApiContext } from "./endpoint.ts";

/**
 * Gives every request a trace id, that of its `traceparent` or a new one, and answers it as `traceresponse`
 * (https://w3c.github.io/trace-context/#traceresponse-header), so that a caller can name it to whoever reads the logs.
 */
export function traced({ newTraceId }: Pick<ApiDeps, "newTraceId">) {
  return async (c: ApiContext, next: () => Promise<void>) => {
    const traceId = traceIdOf(c.req.header("traceparent")) ?? newTraceId();
    c.set("traceId", traceId);
    await next();
    c.res.headers.set("traceresponse", `00-${traceId}-${newTraceId().slice(0, 16)}-00`);
  };
}
