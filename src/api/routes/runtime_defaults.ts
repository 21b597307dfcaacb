import { z } from "@hono/zod-openapi";
import { runtimeDefaults } from "../../usecases/runtime_defaults.ts";
import type { ApiDeps } from "../deps.ts";
import { type ApiRoutes, endpoints } from "../endpoint.ts";

const answer = z.object({
  warmup_bars_default: z.int(),
  top_k_default: z.int(),
  preselect_default: z.union([z.int(), z.literal("all")]),
  top_trades_n_default: z.int(),
  ranking: z.object({
    primary_metric_default: z.string(),
    secondary_metric_default: z.string().nullable(),
    min_trades: z.int().optional().describe("1 where it is absent"),
  }),
  execution: z.object({
    init_cash_quote_default: z.number(),
    fixed_quote_default: z.number(),
    safe_profit_percent_default: z.number(),
    slippage_pct_default: z.number(),
    fee_pct_default_by_market_id: z.record(z.string(), z.number()),
  }),
  jobs: z.object({ top_k_persisted_default: z.int() }),
}).openapi("RuntimeDefaults");

/** `GET /backtests/runtime-defaults`: built once, when the process starts. */
export function runtimeDefaultsRoutes(deps: ApiDeps): ApiRoutes {
  const defaults = runtimeDefaults(deps.config);
  return endpoints(deps, [{
    method: "get",
    path: "/backtests/runtime-defaults",
    operationId: "runtimeDefaults",
    tag: "backtests",
    summary: "The numbers a request gets where it is silent",
    access: "user",
    success: { status: 200, description: "As configured when the process started", schema: answer },
    handle: (c) => c.json(defaults),
  }]);
}
