import { z } from "@hono/zod-openapi";
import { validationError } from "../../core/errors/mod.ts";
import { ownJob } from "../../usecases/own_job.ts";
import { type ApiRequest, type ApiRoutes, endpoint, endpoints } from "../endpoint.ts";
import type { EventStreams } from "../event_streams.ts";
import { jobEventSchema } from "../../answers/job.ts";
import { jobPathSchema, type JobsDeps } from "./jobs.ts";

/** Jobs of one stream. */
const jobsMax = 50;
/** As long as that of a stream of so many jobs. */
const lastEventIdLengthMax = jobsMax * 13;

const description =
  "Server-sent events named `job`, each with the whole present state as JSON, a `JobEvent`. A reader who is slow gets " +
  "the newest state, not all of them. The stream ends after the last job's terminal event. `Last-Event-ID` resumes: " +
  "states seen are not sent again, and when all jobs have ended and been seen the answer is 204, on which browsers " +
  "stop connecting.";

const watchedQuery = z.object({
  // counted before any is read, so that a malformed one is named by its place and too many by their number
  job_id: z.preprocess(counted, z.array(z.uuid()).min(1).max(jobsMax)),
});
/** What resumes a stream. */
export const resumeHeaders = z.object({
  "Last-Event-ID": z.string().max(lastEventIdLengthMax).optional().describe(
    "The id of the last event that was read",
  ),
});

/** Live progress of one job, or of many in one stream. */
export function jobEventsRoutes(deps: JobsDeps, streams: EventStreams): ApiRoutes {
  const success = {
    status: 200,
    description: "The stream; the schema is that of an event's data",
    contentType: "text/event-stream",
    schema: jobEventSchema,
  } as const;
  const also = { 204: { description: "All jobs have ended, and the caller has seen it" } } as const;
  return endpoints(deps, [
    endpoint({
      method: "get",
      path: "/backtests/jobs/events",
      operationId: "watchJobs",
      tag: "jobs",
      summary: "Follow jobs live",
      description: `Up to ${jobsMax} jobs: \`?job_id=..&job_id=..\`. ${description}`,
      access: "user",
      query: watchedQuery,
      headers: resumeHeaders,
      success,
      also,
      errors: [404],
      handle: (request) => stream(request, request.query.job_id),
    }),
    endpoint({
      method: "get",
      path: "/backtests/jobs/{job_id}/events",
      operationId: "watchJob",
      tag: "jobs",
      summary: "Follow a job live",
      description,
      access: "user",
      params: jobPathSchema,
      headers: resumeHeaders,
      success,
      also,
      errors: [404],
      handle: (request) => stream(request, [request.params.job_id]),
    }),
  ]);

  async function stream({ caller, headers, c }: WatchRequest, watched: readonly string[]): Promise<Response> {
    const { userId, isOperator } = caller;
    const ids: string[] = [];
    for (const jobId of watched) ids.push((await ownJob(deps.jobs, { jobId, userId, isOperator })).jobId);
    return await streams.answer({ kind: "job", ids, lastEventId: headers["Last-Event-ID"], userId, c });
  }
}

/** What both streams read. */
type WatchRequest = Pick<
  ApiRequest<unknown, unknown, z.output<typeof resumeHeaders>, undefined>,
  "caller" | "headers" | "c"
>;

function counted(jobIds: unknown): unknown {
  // what makes the document looks at a member that is absent
  if (!Array.isArray(jobIds) || (jobIds.length > 0 && jobIds.length <= jobsMax)) return jobIds;
  const message = `job_id must be sent 1 to ${jobsMax} times, got ${jobIds.length}`;
  throw validationError("Validation failed", [
    { path: "query.job_id", code: jobIds.length === 0 ? "required" : "too_long", message },
  ]);
}
