import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { admit } from "./admit.ts";
import type { Answer, Exact } from "../answers/parts.ts";
import type { BodyGrammar } from "../request/parse.ts";
import type { ApiDeps, Caller } from "./deps.ts";
import type { UploadedFile } from "../ports/own_candles.ts";
import type { TakeRate } from "./limits/rate_limit.ts";
import { uploadedFiles } from "./uploads/uploaded_files.ts";
import { parseHeaders, parsePath, parseQuery, readJsonBody, requireKnownQuery } from "./validate.ts";
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

/** What of a request its endpoint has declared, read. */
export interface ApiRequest<Params, Query, Headers, Body> {
  readonly params: Params;
  /** Of a list all that were sent under its name, else the first. */
  readonly query: Query;
  /** By the names they are declared with. */
  readonly headers: Headers;
  readonly body: Body;
  /** Those of an upload as they come; none where the endpoint takes none. */
  readonly files: AsyncIterable<UploadedFile>;
  /** Known with `access: "user"` only. */
  readonly caller: Required<Caller>;
  /** For what is no JSON, and for the signals of the connection. */
  readonly c: ApiContext;
}

/** An answer of another status than that of success, one of `also`. */
export class Otherwise<T> {
  readonly status: 200 | 503;
  readonly answer: T;

  constructor(status: 200 | 503, answer: T) {
    this.status = status;
    this.answer = answer;
  }
}

type Nothing = z.ZodObject<Record<never, never>>;

/** One method of one path, as it is described in the document and by that read and answered. */
export interface Declared<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Headers extends z.ZodObject,
  Body,
  Success extends z.ZodType,
> {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** With parameters in braces: `/backtests/jobs/{job_id}`. */
  readonly path: string;
  /** Unique in the document: `submitJob`. */
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /**
   * `user`: the caller must be known. `counted`: anyone, but no more often than a user; `public`: anyone.
   */
  readonly access: "user" | "counted" | "public";
  /** Counts its requests besides all others of the caller. */
  readonly takeRate?: TakeRate;
  /**
   * Read in this order, and what cannot be read is refused; so are members of the query that are not named, unless anyone may
   * ask without being counted: whoever probes or scrapes adds what he likes.
   */
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: BodyGrammar<Body>;
  /** Its body is files in place of JSON: a form, or one file, which the query may give a name. */
  readonly upload?: { name(query: Exact<z.output<Query>>): string | undefined };
  readonly headers?: Headers;
  readonly success: {
    readonly status: 200 | 201 | 202 | 204;
    readonly description: string;
    /** Absent: no body, or one that is no JSON. */
    readonly schema?: Success;
    /** `application/json` by default. */
    readonly contentType?: string;
  };
  /** Other answers that are no errors. */
  readonly also?: Readonly<Record<number, { readonly description: string; readonly schema?: z.ZodType }>>;
  /** Statuses it may be refused with besides those every endpoint of its kind has, see `operationOf`. */
  readonly errors?: readonly ProblemStatus[];
  /** What is answered, of the type of `success.schema`, or a response that is no JSON; what it throws `toProblem` answers. */
  handle(
    request: ApiRequest<Exact<z.output<Params>>, Exact<z.output<Query>>, Exact<z.output<Headers>>, Body>,
  ): Reply<Answer<Success>> | Promise<Reply<Answer<Success>>>;
}

type Reply<T> = T | Otherwise<T> | Response;

/** An endpoint of whatever types. */
// deno-lint-ignore no-explicit-any -- what it reads and answers was checked where it was declared
export type Endpoint = Declared<any, any, any, any, any>;

/** Declares an endpoint: its handler gets what it names, typed as it is described. */
export function endpoint<
  Params extends z.ZodObject = Nothing,
  Query extends z.ZodObject = Nothing,
  Headers extends z.ZodObject = Nothing,
  Body = undefined,
  Success extends z.ZodType = z.ZodType<never>,
>(declared: Declared<Params, Query, Headers, Body, Success>): Endpoint {
  return declared;
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
        if (endpoint.access !== "public") requireKnownQuery(c, endpoint.query);
        return respond(c, await endpoint.handle(await read(c, endpoint)), endpoint);
      } catch (error) {
        // anything else that is thrown would pass by the app's answer for errors
        throw error instanceof Error ? error : new Error(String(error));
      }
    });
  }
  return routes;
}

async function read(
  c: ApiContext,
  { params, query, body, headers, upload }: Endpoint,
): Promise<ApiRequest<unknown, unknown, unknown, unknown>> {
  const path = params && parsePath(c, params);
  const asked = query && parseQuery(c, query);
  return {
    params: path,
    query: asked,
    body: body && (body.optional && await hasNoBody(c) ? undefined : body.read(await readJsonBody(c))),
    files: uploadedFiles({
      body: upload ? c.req.raw.body : null,
      contentType: c.req.header("content-type") ?? "",
      name: upload?.name(asked) ?? "",
    }),
    headers: headers && parseHeaders(c, headers),
    caller: { userId: c.get("userId"), roles: c.get("roles"), isOperator: c.get("isOperator") },
    c,
  };
}

/** Whether nothing was sent, nor said to be. */
async function hasNoBody(c: ApiContext): Promise<boolean> {
  return c.req.header("content-type") === undefined && (await c.req.arrayBuffer()).byteLength === 0;
}

function respond(c: ApiContext, reply: unknown, { success }: Endpoint): Response {
  if (reply instanceof Response) return reply;
  if (reply instanceof Otherwise) return c.json(reply.answer, reply.status);
  return c.json(reply as object, success.status as 200 | 201 | 202);
}
