import { runtimeDefaultsSchema } from "../../answers/catalogue.ts";
import { runtimeDefaults } from "../../usecases/runtime_defaults.ts";
import type { ApiDeps } from "../deps.ts";
import { type ApiRoutes, endpoint, endpoints } from "../endpoint.ts";

/** `GET /backtests/runtime-defaults`: built once, when the process starts. */
export function runtimeDefaultsRoutes(deps: ApiDeps): ApiRoutes {
  const defaults = runtimeDefaults(deps.config);
  return endpoints(deps, [endpoint({
    method: "get",
    path: "/backtests/runtime-defaults",
    operationId: "runtimeDefaults",
    tag: "backtests",
    summary: "The numbers a request gets where it is silent",
    access: "user",
    success: {
      status: 200,
      description: "As configured when the process started",
      schema: runtimeDefaultsSchema,
    },
    handle: () => defaults,
  })]);
}
