import { requestBody } from "../../request/parse.ts";
import { variantReportBody } from "../../request/variant.ts";
import type { StrategyAccess } from "../../usecases/requested_sweep.ts";
import { runBacktest } from "../../usecases/run_backtest.ts";
import { variantReport } from "../../usecases/variant_report.ts";
import type { ApiDeps } from "../deps.ts";
import { type ApiRoutes, endpoint, endpoints } from "../endpoint.ts";
import { backtestAnswerSchema, measuredVariantSchema } from "../../answers/backtest.ts";
import { createSyncRuns } from "../sync_runs.ts";

/** `POST /backtests` and `POST /backtests/variant-report`: computed while the caller waits, nothing is stored. */
export function backtestRoutes(deps: ApiDeps): ApiRoutes {
  const runs = createSyncRuns(deps);
  return endpoints(deps, [
    endpoint({
      method: "post",
      path: "/backtests",
      operationId: "runBacktest",
      tag: "backtests",
      summary: "Run a sweep and wait for its ranked variants",
      description:
        "Under half of the configured guard budgets and a deadline. Nothing is stored. A caller who goes away cancels the run.",
      access: "user",
      body: requestBody,
      success: {
        status: 200,
        description: "The best `top_k` variants in rank order",
        schema: backtestAnswerSchema,
      },
      errors: [404],
      handle: ({ body: parsed, caller: { userId }, c }) =>
        runs.run({ client: c.env.client, userId }, (signal) => {
          const access = accessOf(userId, deps);
          const run = { parsed, reports: "configured", userId, signal } as const;
          return runBacktest({ ...run, ...(access ? { access } : {}) }, deps);
        }),
    }),
    endpoint({
      method: "post",
      path: "/backtests/variant-report",
      operationId: "variantReport",
      tag: "backtests",
      summary: "The report of one variant",
      description: "`variant` is the `payload` of a result, whether of a job or of a synchronous run.",
      access: "user",
      body: variantReportBody,
      success: { status: 200, description: "As a job stores it", schema: measuredVariantSchema },
      errors: [404],
      handle: ({ body: request, caller: { userId }, c }) =>
        runs.run(
          { client: c.env.client, userId },
          (signal) => variantReport({ request, access: accessOf(userId, deps), userId, signal }, deps),
        ),
    }),
  ]);
}

function accessOf(userId: string, { jobs }: ApiDeps): StrategyAccess | null {
  return jobs && { strategies: jobs.strategies, userId };
}
