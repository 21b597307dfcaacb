import { OpenAPIHono } from "@hono/zod-openapi";
import { methodNotAllowed } from "hono/method-not-allowed";
import { routePath } from "hono/route";
import { BacktestError } from "../core/errors/mod.ts";
import type { ApiDeps } from "./deps.ts";
import type { ApiContext, ApiEnv, ApiRoutes } from "./endpoint.ts";
import { EventStreams } from "./event_streams.ts";
import { bodyLimit } from "./limits/body_limit.ts";
import { requestTimeout } from "./limits/request_timeout.ts";
import { securityHeaders } from "./limits/security_headers.ts";
import { openApiDocument } from "./openapi/document.ts";
import { isOurs, toProblem } from "./problem.ts";
import { countRefusal, createRefuse } from "./refuse.ts";
import { backtestRoutes } from "./routes/backtests.ts";
import { candleRoutes } from "./routes/candles.ts";
import { documentRoutes } from "./routes/documents.ts";
import { healthRoutes } from "./routes/health.ts";
import { indicatorRoutes } from "./routes/indicators.ts";
import { jobEventsRoutes } from "./routes/job_events.ts";
import { jobExportRoutes } from "./routes/job_exports.ts";
import { type JobsDeps, jobsRoutes } from "./routes/jobs.ts";
import { optimizationRoutes } from "./routes/optimizations.ts";
import { runRoutes } from "./routes/runs.ts";
import { runtimeDefaultsRoutes } from "./routes/runtime_defaults.ts";
import { scenarioRoutes } from "./routes/scenarios.ts";
import { strategyRoutes } from "./routes/strategies.ts";
import { traced } from "./trace.ts";

/** What a request came over. */
export interface ApiConnection {
  /** Aborts when nobody can read the answer any more; the request's own signal unless given. */
  readonly client: AbortSignal;
  /** Of the other side; all who come without one are one. */
  readonly address: string;
}

/** The API as a function of requests. */
export interface Api {
  fetch(request: Request, connection?: Partial<ApiConnection>): Promise<Response>;
  /** Counts an answer of {@link refuse} that was sent once more. */
  refused(status: number): void;
  /** Answers bytes that could not be read as a request. */
  refuse(error: BacktestError): Promise<Response>;
}

/** Builds the API. It opens nothing: whoever made `deps` closes what is in there. */
export function createApp(deps: ApiDeps): Api {
  const refuse = createRefuse(deps);
  const app: ApiRoutes = new OpenAPIHono<ApiEnv>();
  app.use(traced(deps));
  app.use(securityHeaders());
  app.use(measured(deps));
  app.use(methodNotAllowed({
    app,
    onMethodNotAllowed: (c, allow) => answerProblem(c, notAllowed(c.req.method, allow)),
  }));
  app.onError((error, c) => {
    const problem = toProblem(error);
    if (isOurs(problem)) {
      const request = { trace_id: c.get("traceId"), method: c.req.method, path: c.req.path };
      deps.log.error("request_failed", { ...request, error });
    }
    return answerProblem(c, error);
  });
  app.notFound((c) =>
    answerProblem(
      c,
      new BacktestError("not_found", `No such path: ${c.req.path}`, { details: { path: c.req.path } }),
    )
  );
  limit(app, deps);
  for (const routes of modules(deps)) app.route("/", routes);
  const document = lazy(() => openApiDocument(app, { cookieName: deps.config.api.auth.cookie_name }));
  app.route("/", documentRoutes(deps, document));
  return {
    fetch: async (request, { client = request.signal, address = "" } = {}) =>
      URL.canParse(request.url) ? await app.fetch(request, { client, address }) : await refuse(noUrl()),
    refuse,
    refused: (status) => countRefusal(status, deps),
  };
}

/** Every noun's routes, those of jobs only where there are jobs. */
export function modules(deps: ApiDeps): readonly ApiRoutes[] {
  return [
    healthRoutes(deps),
    indicatorRoutes(deps),
    runtimeDefaultsRoutes(deps),
    backtestRoutes(deps),
    ...(deps.uploads ? [candleRoutes({ ...deps, uploads: deps.uploads })] : []),
    ...(deps.jobs ? jobModules({ ...deps, ...deps.jobs }) : []),
  ];
}

function limit(app: ApiRoutes, { config: { api }, clock, uploads }: ApiDeps): void {
  const isPost = (c: ApiContext, paths: ReadonlySet<string>) =>
    c.req.method === "POST" && paths.has(c.req.path);
  const isUpload = (c: ApiContext) => uploads !== null && isPost(c, uploadPaths);
  const isExempt = (c: ApiContext) => isPost(c, runPaths) || isUpload(c) || waits(c);
  app.use(requestTimeout({ maxSeconds: api.request_seconds_max, clock, isExempt }));
  const ofJson = bodyLimit({ maxBytes: api.body_bytes_max, maxSeconds: api.body_seconds_max, clock });
  const { bytes_max: maxBytes, seconds_max: maxSeconds } = api.uploads;
  const ofFiles = bodyLimit({ maxBytes, maxSeconds, clock });
  app.use((c, next) => isUpload(c) ? ofFiles(c, next) : ofJson(c, next));
}

/** Synchronous runs, which have `sync.sync_deadline_seconds`. */
const runPaths: ReadonlySet<string> = new Set(["/backtests", "/backtests/variant-report"]);

/** Whether a request may wait for what an agent is to see, which it bounds itself. */
function waits({ req }: ApiContext): boolean {
  return req.method === "GET" && contextPath.test(req.path);
}

const contextPath = /^\/backtests\/runs\/[^/]+\/context$/;

/** They have limits of their own, see `api.uploads`. */
const uploadPaths: ReadonlySet<string> = new Set(["/candles"]);

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

// "events" is no job id, so its route comes before those that take one
function jobModules(deps: JobsDeps): readonly ApiRoutes[] {
  const streams = new EventStreams(deps);
  return [
    strategyRoutes(deps),
    jobEventsRoutes(deps, streams),
    jobsRoutes(deps),
    jobExportRoutes(deps),
    optimizationRoutes(deps, streams),
    scenarioRoutes(deps),
    ...(deps.runs ? [runRoutes({ ...deps, runs: deps.runs, streams })] : []),
  ];
}

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

function measured({ clock, metrics }: ApiDeps) {
  return async (c: ApiContext, next: () => Promise<void>) => {
    const startedMs = clock.monotonicMs();
    await next();
    const route = routePath(c, -1);
    metrics.requestAnswered({
      method: methods.has(c.req.method) ? c.req.method : "OTHER",
      route: route.includes("*") ? "unmatched" : route,
      status: c.res.status,
      seconds: (clock.monotonicMs() - startedMs) / 1000,
    });
  };
}

function answerProblem(c: ApiContext, error: unknown): Response {
  const { status, body, headers } = toProblem(error);
  return c.json(body, status, { ...headers });
}

function noUrl(): BacktestError {
  return new BacktestError("malformed_request", "Cannot read the request: its Host is no host name");
}

function notAllowed(method: string, allow: readonly string[]): BacktestError {
  const sorted = [...allow].sort();
  return new BacktestError("method_not_allowed", `Cannot use ${method} here, only ${sorted.join(", ")}`, {
    details: { allow: sorted },
  });
}
