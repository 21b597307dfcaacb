import { strategyBody } from "../../request/strategy.ts";
import { cursorLengthMax } from "../../core/limits/mod.ts";
import { z } from "@hono/zod-openapi";
import { strategyListSchema, strategyViewSchema } from "../../answers/strategy.ts";
import type { StrategyRepository } from "../../ports/strategy_repository.ts";
import { deleteStrategy } from "../../usecases/delete_strategy.ts";
import { listStrategies } from "../../usecases/list_strategies.ts";
import { ownId } from "../../usecases/own_id.ts";
import { ownStrategy } from "../../usecases/own_strategy.ts";
import { saveStrategy } from "../../usecases/save_strategy.ts";
import { strategyView } from "../../usecases/strategy_view.ts";
import type { ApiDeps } from "../deps.ts";
import { type ApiRoutes, endpoint, endpoints } from "../endpoint.ts";
import { integerParameter } from "../validate.ts";

const listQuery = z.object({
  limit: integerParameter.optional().describe("1 to 250, 50 by default"),
  cursor: z.string().max(cursorLengthMax).optional().describe(
    "The next_cursor of the page before; blank for none",
  ),
});
const pathSchema = z.object({
  strategy_id: z.string().meta({ format: "uuid" }).transform((text) => ownId("strategy", text)),
});

/** Saving, listing, reading and deleting strategies. A strategy never changes: another version is another strategy. */
export function strategyRoutes(
  deps: Pick<ApiDeps, "authenticate" | "takeRate" | "newId"> & { readonly strategies: StrategyRepository },
): ApiRoutes {
  const { strategies, newId } = deps;
  return endpoints(deps, [
    endpoint({
      method: "post",
      path: "/strategies",
      operationId: "saveStrategy",
      tag: "strategies",
      summary: "Save a template as a strategy",
      access: "user",
      body: strategyBody,
      success: { status: 201, description: "The strategy with its new id", schema: strategyViewSchema },
      handle: async ({ body, caller: { userId } }) =>
        strategyView(await saveStrategy({ ...body, userId }, { strategies, newId })),
    }),
    endpoint({
      method: "get",
      path: "/strategies",
      operationId: "listStrategies",
      tag: "strategies",
      summary: "The caller's strategies, newest first",
      access: "user",
      query: listQuery,
      success: { status: 200, description: "One page, without templates", schema: strategyListSchema },
      handle: ({ query, caller: { userId } }) => listStrategies(strategies, { ...query, userId }),
    }),
    endpoint({
      method: "get",
      path: "/strategies/{strategy_id}",
      operationId: "readStrategy",
      tag: "strategies",
      summary: "One strategy with its template",
      access: "user",
      params: pathSchema,
      success: { status: 200, description: "The strategy", schema: strategyViewSchema },
      errors: [404],
      handle: async ({ params: { strategy_id: strategyId }, caller: { userId } }) =>
        strategyView(await ownStrategy(strategies, { strategyId, userId })),
    }),
    endpoint({
      method: "delete",
      path: "/strategies/{strategy_id}",
      operationId: "deleteStrategy",
      tag: "strategies",
      summary: "Delete a strategy; jobs made of it keep their copy",
      access: "user",
      params: pathSchema,
      success: { status: 204, description: "It is gone, for its owner, too" },
      errors: [404],
      async handle({ params: { strategy_id: strategyId }, caller: { userId }, c }) {
        await deleteStrategy(strategies, { strategyId, userId });
        return c.body(null, 204);
      },
    }),
  ]);
}
