import type { ApiRoutes } from "../endpoint.ts";

/** The API's OpenAPI 3.1 document, made of the endpoints that are mounted. To be called once. */
export function openApiDocument(app: ApiRoutes, { cookieName }: { readonly cookieName: string }): unknown {
  app.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: cookieName,
    description: "A signed JWT. In mode dev everyone is the local user and none is needed.",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "The same token in the `Authorization` header, which takes precedence over the cookie.",
  });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "backtest-job-runner",
      version: "1.0.0",
      description:
        "Backtest sweeps: run while you wait, or queued as jobs. Every error has the form `Problem`.",
    },
    tags: [
      { name: "backtests", description: "Runs that are computed while the caller waits" },
      { name: "jobs", description: "Queued runs, their state and their results" },
      { name: "optimizations", description: "Queued runs that many workers share" },
      { name: "strategies", description: "Saved templates" },
      { name: "scenarios", description: "Loans hedged with puts, worked out in the background" },
      { name: "indicators", description: "What can be swept" },
      { name: "operations", description: "Health, metrics and this document" },
    ],
  });
}
