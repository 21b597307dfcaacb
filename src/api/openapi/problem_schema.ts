import { z } from "@hono/zod-openapi";
import type { ProblemStatus } from "../problem.ts";

const errorItem = z.object({ path: z.string(), code: z.string(), message: z.string() });

/** The body of every error. */
export const problemSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.looseObject({ errors: z.array(errorItem).optional() }),
  }),
}).openapi("Problem");

const meanings: Readonly<Record<ProblemStatus, string>> = {
  400: "It is no HTTP request (`malformed_request`)",
  401: "No session, or a bad one (`unauthorized`)",
  403: "It belongs to another user, or a page of another origin asks (`forbidden`)",
  404: "It does not exist or was deleted (`not_found`)",
  405: "Another method is needed; `Allow` says which (`method_not_allowed`)",
  408: "The request did not come in time (`request_timeout`)",
  409: "The key was used with another body, or the job has not succeeded (`conflict`)",
  413: "The body is too large (`payload_too_large`)",
  415: "The body is not sent as `application/json` (`unsupported_media_type`)",
  422:
    "The request is refused; `details` says where and why (`validation_error`), or the source has no candles of what it names (`no_candles`)",
  429: "Too many requests; `Retry-After` says when to come back (`rate_limited`)",
  431: "Address and headers are too long (`headers_too_large`)",
  500: "Something failed that should not (`unexpected_error`)",
  503:
    "Too many runs at the same time, or no answer in time (`overloaded`), a synchronous run that reached its deadline (`deadline_exceeded`) or the end of the process (`shutting_down`), or candles that cannot be read just now (`market_data_unavailable`); `Retry-After` says when to come back",
};

const retryAfter = {
  "Retry-After": { description: "Seconds until it is worth while to ask again", schema: { type: "integer" } },
} as const;
const later: ReadonlySet<ProblemStatus> = new Set([429, 503]);

/** The documented answers of some error statuses. */
export function problemResponses(statuses: readonly ProblemStatus[]) {
  return Object.fromEntries(
    [...new Set(statuses)].sort().map((status) => [status, {
      description: meanings[status],
      ...(later.has(status) ? { headers: retryAfter } : {}),
      content: { "application/json": { schema: problemSchema } },
    }]),
  );
}
