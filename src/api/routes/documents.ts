import { z } from "@hono/zod-openapi";
import { BacktestError } from "../../core/errors/mod.ts";
import type { ApiDeps } from "../deps.ts";
import { type ApiContext, type ApiRoutes, endpoint, endpoints } from "../endpoint.ts";

/** The page is made of files of its own, so that no script has to stand in the page itself. */
const page = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Backtest API</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

/** No validator badge: it would be asked from another host. */
const start = `SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
`;

/** Relative links, so that they hold behind a gateway that serves the API below a path. */
const entry = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Backtest API</title>
<link rel="icon" href="docs/favicon-32x32.png">
</head>
<body>
<p><a href="docs">The API's documentation</a></p>
</body>
</html>
`;

/** `GET /`, `/openapi.json` and `/docs` with its files. `document` makes the OpenAPI document. */
export function documentRoutes(deps: ApiDeps, document: () => unknown): ApiRoutes {
  const routes = endpoints(deps, [endpoint({
    method: "get",
    path: "/openapi.json",
    operationId: "openapi",
    tag: "operations",
    summary: "This document",
    access: "public",
    success: { status: 200, description: "OpenAPI 3.1", schema: z.looseObject({ openapi: z.string() }) },
    handle: () => document() as { openapi: string },
  })]);
  routes.get("/", (c) => c.html(entry));
  routes.get("/docs", (c) => c.html(page));
  routes.get(
    "/docs/start.js",
    (c) => c.body(start, 200, { "content-type": "text/javascript; charset=utf-8" }),
  );
  routes.get("/docs/:file", async (c: ApiContext) => {
    const name = c.req.param("file") ?? "";
    const asset = await deps.docsAsset(name);
    if (asset !== null) return c.body(asset.body, 200, { "content-type": asset.contentType });
    throw new BacktestError("not_found", `No such path: ${c.req.path}`, { details: { path: c.req.path } });
  });
  return routes;
}
