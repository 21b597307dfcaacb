import { z } from "@hono/zod-openapi";
import { BacktestError } from "../../core/errors/mod.ts";
import { idempotencyKey } from "../../core/job/mod.ts";
import { cursorLengthMax } from "../../core/limits/mod.ts";
import { tagPattern } from "../../core/run/mod.ts";
import { ownId } from "../../usecases/own_id.ts";
import type { OwnRunQuery } from "../../usecases/own_run.ts";
import type { ApiDeps, ApiRuns, Caller } from "../deps.ts";
import type { EventStreams } from "../event_streams.ts";
import { integerParameter } from "../validate.ts";

/** What the routes of runs reach the world through. */
export type RunRoutesDeps =
  & Pick<
    ApiDeps,
    "authenticate" | "takeRate" | "config" | "newId" | "stopping"
  >
  & { readonly runs: ApiRuns; readonly streams: EventStreams };

const session = z.string().meta({ pattern: tagPattern.source }).transform(sessionTag).optional()
  .describe("Tags the runs of one session of an agent; it proves nothing");
/** A key of the caller's own choice. */
export const key = z.string().meta({ pattern: "^[!-~]{1,255}$" }).transform(idempotencyKey);

/** What every request of a run may come with. */
export const sessionHeaders = z.object({ "X-Session-Id": session });
/** The path of one run. */
export const runPath = z.object({
  run_id: z.string().meta({ format: "uuid" }).transform((text) => ownId("run", text)),
});

/** What a page is asked for with. */
export const page = {
  limit: integerParameter.optional().describe("1 to 250, 50 by default"),
  cursor: z.string().max(cursorLengthMax).optional().describe("The next_cursor of the page before"),
};
/** What names a run, and who asks. */
export interface RunRequest {
  readonly params: { readonly run_id: string };
  readonly caller: Required<Caller>;
}

/** The run a request names, and who asks. */
export function ownQuery({ params: { run_id: runId }, caller: { userId } }: RunRequest): OwnRunQuery {
  return { runId, userId };
}

function sessionTag(text: string): string {
  if (tagPattern.test(text)) return text;
  throw new BacktestError(
    "malformed_request",
    'Cannot use X-Session-Id: it must be 1 to 64 letters, digits, "_" or "-"',
  );
}
