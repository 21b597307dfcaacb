import type { Endpoint } from "../endpoint.ts";
import type { ProblemStatus } from "../problem.ts";
import { problemResponses } from "./problem_schema.ts";
import { rateHeadersDocumented } from "./rate_headers.ts";

/** A body of files. */
const fileContents = {
  "multipart/form-data": {
    schema: {
      type: "object" as const,
      properties: { file: { type: "array" as const, items: { type: "string" as const, format: "binary" } } },
    },
  },
  "application/octet-stream": { schema: { type: "string" as const, format: "binary" } },
};

/** The names of the security schemes, of which one is enough; see `openApiDocument`. */
const signedIn = [{ session: [] }, { bearer: [] }];

/** An endpoint as the OpenAPI document describes it, with every status it can be answered with. */
export function operationOf(endpoint: Endpoint) {
  const { body, upload, query, params, headers, access } = endpoint;
  return {
    method: endpoint.method,
    path: endpoint.path,
    operationId: endpoint.operationId,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    ...(endpoint.description === undefined ? {} : { description: endpoint.description }),
    security: access === "user" ? signedIn : [],
    request: {
      ...(body
        ? { body: { required: !body.optional, content: { "application/json": { schema: body.schema } } } }
        : {}),
      ...(upload ? { body: { required: true, content: fileContents } } : {}),
      ...(query ? { query } : {}),
      ...(params ? { params } : {}),
      ...(headers ? { headers } : {}),
    },
    responses: access === "public" ? responses(endpoint) : counted(responses(endpoint)),
  };
}

type Answers = ReturnType<typeof problemResponses> & ReturnType<typeof successes>;

function responses(endpoint: Endpoint): Answers {
  return { ...problemResponses(refusals(endpoint)), ...successes(endpoint) };
}

/** Who is known is counted, and told how he stands with whatever comes after that. */
function counted(answers: Answers) {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      uncounted.has(status)
        ? answer
        : { ...answer, headers: { ...answer.headers, ...rateHeadersDocumented } },
    ]),
  );
}

/** Refused before it is known who asks. */
const uncounted: ReadonlySet<string> = new Set(["401", "403"]);

/** What the endpoint names, and what every endpoint of its kind is refused with by those before its handler. */
function refusals({ body, upload, query, params, access, errors = [] }: Endpoint): readonly ProblemStatus[] {
  return [
    ...(access === "user" ? [401, 403] as const : []),
    ...(access === "public" ? [] : [429] as const),
    ...(body || upload ? [408, 413, 415] as const : []),
    ...(access !== "public" || body || query || params ? [422] as const : []),
    ...errors,
    500,
    503,
  ];
}

function successes({ success, also = {} }: Endpoint) {
  const { status, description, schema, contentType = schema && "application/json" } = success;
  const content = contentType && { [contentType]: { schema: schema ?? { type: "string" as const } } };
  return {
    [status]: { description, ...(content ? { content } : {}) },
    ...Object.fromEntries(
      Object.entries(also).map(([status, { description, schema }]) => [
        status,
        { description, ...(schema ? { content: { "application/json": { schema } } } : {}) },
      ]),
    ),
  };
}
