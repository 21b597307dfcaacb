import { Hono } from "hono";
import type { BacktestError } from "../core/errors/mod.ts";
import type { ApiDeps } from "./deps.ts";
import { securityHeaders } from "./limits/security_headers.ts";
import { isOurs, toProblem } from "./problem.ts";

/** Counts an answer to what never became a request. */
export function countRefusal(status: number, { metrics }: Pick<ApiDeps, "metrics">): void {
  metrics.requestAnswered({ method: "OTHER", route: "unmatched", status, seconds: 0 });
}

/**
 * Makes the answers to what never became a request: the form and the headers are those of any other error, but the
 * connection ends.
 */
export function createRefuse(
  { metrics, log }: Pick<ApiDeps, "metrics" | "log">,
): (error: BacktestError) => Promise<Response> {
  const app = new Hono<{ Bindings: { error: BacktestError } }>();
  app.use(securityHeaders());
  app.all("*", (c) => {
    const problem = toProblem(c.env.error);
    const { status, body, headers } = problem;
    if (isOurs(problem)) log.error("request_failed", { error: c.env.error });
    countRefusal(status, { metrics });
    return c.json(body, status, { ...headers, connection: "close" });
  });
  return async (error) => await app.fetch(new Request("http://localhost/"), { error });
}
