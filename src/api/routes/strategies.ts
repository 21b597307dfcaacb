import { toTemplate } from "../../request/parse.ts";
import { strategyBodySchema } from "../../request/strategy.ts";
import { cursorLengthMax } from "../../core/limits/mod.ts";
import { z } from "@hono/zod-openapi";
import { strategyListSchema, strategyViewSchema } from "../../answers/strategy.ts";
import type { StrategyRepository } from "../../ports/strategy_repository.ts";
import { deleteStrategy } from "../../usecases/delete_strategy.ts";
import { listStrategies } from "../../usecases/list_strategies.ts";
import { ownStrategy } from "../../usecases/own_strategy.ts";
import { saveStrategy } from "../../usecases/save_strategy.ts";
import { strategyView } from "../../usecases/strategy_view.ts";
import type { ApiDeps } from "../deps.ts";
import { type ApiContext, type ApiRoutes, endpoints } from "../endpoint.ts";
import { integerText } from "../openapi/job_schema.ts";
import { parseBody, parseQuery } from "../validate.ts";

const listQuery = z.object({
  limit: integerText.optional().describe("1 to 250, 50 by default"),
  cursor: z.string().max(cursorLengthMax).optional().describe(
    "The next_cursor of the page before; blank for none",
  ),
});
const pathSchema = z.object({ strategy_id: z.uuid() });

/** Saving, listing, reading and deleting strategies. A strategy never changes: another version is another strategy. */
export function strategyRoutes(
  deps: Pick<ApiDeps, "authenticate" | "takeRate" | "newId"> & { readonly strategies: StrategyRepository },
): ApiRoutes {
  const { strategies, newId } = deps;
  const query = (c: ApiContext) => ({
    strategyId: c.req.param("strategy_id") ?? "",
    userId: c.get("userId"),
  });
  return endpoints(deps, [{
    method: "post",
    path: "/strategies",
    operationId: "saveStrategy",
    tag: "strategies",
    summary: "Save a template as a strategy",
    access: "user",
    body: strategyBodySchema,
    success: { status: 201, description: "The strategy with its new id", schema: strategyViewSchema },
    async handle(c) {
      const { name, template } = await parseBody(c, strategyBodySchema);
      const strategy = { userId: c.get("userId"), name, template: toTemplate(template) };
      return c.json(strategyView(await saveStrategy(strategy, { strategies, newId })), 201);
    },
  }, {
    method: "get",
    path: "/strategies",
    operationId: "listStrategies",
    tag: "strategies",
    summary: "The caller's strategies, newest first",
    access: "user",
    query: listQuery,
    success: { status: 200, description: "One page, without templates", schema: strategyListSchema },
    async handle(c) {
      const { limit, cursor } = parseQuery(c, listQuery);
      const page = await listStrategies(strategies, {
        userId: c.get("userId"),
        ...(limit === undefined ? {} : { limit }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      return c.json(page);
    },
  }, {
    method: "get",
    path: "/strategies/{strategy_id}",
    operationId: "readStrategy",
    tag: "strategies",
    summary: "One strategy with its template",
    access: "user",
    params: pathSchema,
    success: { status: 200, description: "The strategy", schema: strategyViewSchema },
    errors: [404],
    handle: async (c) => c.json(strategyView(await ownStrategy(strategies, query(c)))),
  }, {
    method: "delete",
    path: "/strategies/{strategy_id}",
    operationId: "deleteStrategy",
    tag: "strategies",
    summary: "Delete a strategy; jobs made of it keep their copy",
    access: "user",
    params: pathSchema,
    success: { status: 204, description: "It is gone, for its owner, too" },
    errors: [404],
    async handle(c) {
      await deleteStrategy(strategies, query(c));
      return c.body(null, 204);
    },
  }]);
}
