import { parseVariantReport, variantReportBodySchema } from "../../request/variant.ts";
import { requestBodySchema } from "../../request/body.ts";
import { parseRequest } from "../../request/parse.ts";
import type { StrategyAccess } from "../../usecases/requested_sweep.ts";
import { runBacktest } from "../../usecases/run_backtest.ts";
import { variantReport } from "../../usecases/variant_report.ts";
import type { ApiDeps } from "../deps.ts";
import { type ApiContext, type ApiRoutes, endpoints } from "../endpoint.ts";
import { backtestAnswerSchema, measuredVariantSchema } from "../../answers/backtest.ts";
import { createSyncRuns } from "../sync_runs.ts";
import { readJsonBody } from "../validate.ts";

/** `POST /backtests` and `POST /backtests/variant-report`: computed while the caller waits, nothing is stored. */
export function backtestRoutes(deps: ApiDeps): ApiRoutes {
  const runs = createSyncRuns(deps);
  return endpoints(deps, [{
    method: "post",
    path: "/backtests",
    operationId: "runBacktest",
    tag: "backtests",
    summary: "Run a sweep and wait for its ranked variants",
    description:
      "Under half of the configured guard budgets and a deadline. Nothing is stored. A caller who goes away cancels the run.",
    access: "user",
    body: requestBodySchema,
    success: {
      status: 200,
      description: "The best `top_k` variants in rank order",
      schema: backtestAnswerSchema,
    },
    errors: [404],
    async handle(c) {
      const parsed = parseRequest(await readJsonBody(c));
      const access = accessOf(c, deps);
      const answer = await runs.run(
        { client: c.env.client, userId: c.get("userId") },
        (signal) =>
          runBacktest({ parsed, reports: "configured", ...(access ? { access } : {}), signal }, deps),
      );
      return c.json(answer);
    },
  }, {
    method: "post",
    path: "/backtests/variant-report",
    operationId: "variantReport",
    tag: "backtests",
    summary: "The report of one variant",
    description: "`variant` is the `payload` of a result, whether of a job or of a synchronous run.",
    access: "user",
    body: variantReportBodySchema,
    success: { status: 200, description: "As a job stores it", schema: measuredVariantSchema },
    errors: [404],
    async handle(c) {
      const request = parseVariantReport(await readJsonBody(c));
      const access = accessOf(c, deps);
      const report = await runs.run(
        { client: c.env.client, userId: c.get("userId") },
        (signal) => variantReport({ request, access, signal }, deps),
      );
      return c.json(report);
    },
  }]);
}

function accessOf(c: ApiContext, { jobs }: ApiDeps): StrategyAccess | null {
  return jobs && { strategies: jobs.strategies, userId: c.get("userId") };
}
