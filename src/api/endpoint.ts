import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { admit } from "./admit.ts";
import type { ApiDeps } from "./deps.ts";
import { operationOf } from "./openapi/operation.ts";
import type { ProblemStatus } from "./problem.ts";

/** What middleware leaves for handlers. */
export interface ApiEnv {
  Bindings: {
    /** Aborts when the client goes away; that of the request as it came, before a middleware took it in hand. */
    client: AbortSignal;
    /** Where it came from. */
    address: string;
  };
  Variables: {
    /** The caller; set on every endpoint with `access: "user"`. */
    userId: string;
    /** What the caller may do besides; set likewise. */
    roles: readonly string[];
    isOperator: boolean;
    /** Aborts when the caller was refused for the time it took, while the handler still works. */
    refused: AbortSignal;
    /** W3C trace id of the request: the caller's, or one of our own. */
    traceId: string;
  };
}

/** A request as a handler sees it. */
export type ApiContext = Context<ApiEnv>;

/** One noun's routes, mounted at the root by `createApp`. */
export type ApiRoutes = OpenAPIHono<ApiEnv>;

/** One method of one path: how it is described and what answers it. */
export interface Endpoint {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** With parameters in braces: `/backtests/jobs/{job_id}`. */
  readonly path: string;
  /** Unique in the document: `submitJob`. */
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /**
   * `user`: the caller must be known, and is in `c.get("userId")`. `counted`: anyone, but no more often than a user;
   * `public`: anyone.
   */
  readonly access: "user" | "counted" | "public";
  readonly body?: z.ZodType;
  /** Objects of texts, as they are documented and read. */
  readonly query?: z.ZodObject;
  readonly params?: z.ZodObject;
  /** Headers that the handler reads, as they are documented. */
  readonly headers?: z.ZodObject;
  readonly success: {
    readonly status: 200 | 201 | 202 | 204;
    readonly description: string;
    /** Absent: no body, or one that is no JSON. */
    readonly schema?: z.ZodType;
    /** `application/json` by default. */
    readonly contentType?: string;
  };
  /** Other answers that are no errors. */
  readonly also?: Readonly<Record<number, { readonly description: string; readonly schema?: z.ZodType }>>;
  /** Statuses it may be refused with besides those every endpoint of its kind has, see `operationOf`. */
  readonly errors?: readonly ProblemStatus[];
  /** Reads and checks the request (`parseBody` and its kin) and answers; what it throws is answered by `toProblem`. */
  handle(c: ApiContext): Response | Promise<Response>;
}

/** Makes the routes of some endpoints, each in the OpenAPI document. */
export function endpoints(
  deps: Pick<ApiDeps, "authenticate" | "takeRate">,
  list: readonly Endpoint[],
): ApiRoutes {
  const routes: ApiRoutes = new OpenAPIHono<ApiEnv>();
  for (const endpoint of list) {
    routes.openAPIRegistry.registerPath(operationOf(endpoint));
    const path = endpoint.path.replaceAll(/\{([^{}]+)\}/g, ":$1");
    routes.on(endpoint.method.toUpperCase(), path, async (c) => {
      try {
        await admit(c, { ...endpoint, deps });
        return await endpoint.handle(c);
      } catch (error) {
        // anything else that is thrown would pass by the app's answer for errors
        throw error instanceof Error ? error : new Error(String(error));
      }
    });
  }
  return routes;
}
