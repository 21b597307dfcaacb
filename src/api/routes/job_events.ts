import { z } from "@hono/zod-openapi";
import { validationError } from "../../core/errors/mod.ts";
import { isTerminal } from "../../core/job/mod.ts";
import { type Follower, JobEvents } from "../../usecases/job_events.ts";
import { ownJob } from "../../usecases/own_job.ts";
import { type ApiRequest, type ApiRoutes, endpoint, endpoints } from "../endpoint.ts";
import { openEventBody } from "../event_body.ts";
import { eventId, seenVersions } from "../event_id.ts";
import { OpenStreams } from "../limits/open_streams.ts";
import { jobEventSchema } from "../../answers/job.ts";
import { jobPathSchema, type JobsDeps } from "./jobs.ts";

/** How often the hub looks at the watched jobs. */
const pollMs = 250;
/** A stream that has nothing to say for this long sends a comment, so that nobody on the way closes it. */
const heartbeatMs = 15_000;
/** How long a browser waits before it connects again. */
const retryMs = 2000;
/** How long a stream may stand unread before it counts as left; a connection that moves nothing is cut sooner. */
const unreadMs = 120_000;
/** Jobs of one stream. */
const jobsMax = 50;
/** As long as that of a stream of so many jobs. */
const lastEventIdLengthMax = jobsMax * 13;
/** Open streams of one user. */
const streamsMax = 20;
/** Open streams of the process. */
const streamsTotalMax = 5000;

const description =
  "Server-sent events named `job`, each with the whole present state as JSON, a `JobEvent`. A reader who is slow gets " +
  "the newest state, not all of them. The stream ends after the last job's terminal event. `Last-Event-ID` resumes: " +
  "states seen are not sent again, and when all jobs have ended and been seen the answer is 204, on which browsers " +
  "stop connecting.";

const watchedQuery = z.object({
  // counted before any is read, so that a malformed one is named by its place and too many by their number
  job_id: z.preprocess(counted, z.array(z.uuid()).min(1).max(jobsMax)),
});
const resumeHeaders = z.object({
  "Last-Event-ID": z.string().max(lastEventIdLengthMax).optional().describe(
    "The id of the last event that was read",
  ),
});

/** Live progress of one job, or of many in one stream. */
export function jobEventsRoutes(deps: JobsDeps): ApiRoutes {
  const hub = new JobEvents({ ...deps, pollMs });
  const open = new OpenStreams({
    perUser: streamsMax,
    total: streamsTotalMax,
    retrySeconds: retryMs / 1000,
    tell: (total) => deps.metrics.eventStreams(total),
  });
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

  async function stream(
    { caller: { userId, isOperator }, headers, c }: WatchRequest,
    watched: readonly string[],
  ): Promise<Response> {
    const jobIds: string[] = [];
    for (const jobId of watched) jobIds.push((await ownJob(deps.jobs, { jobId, userId, isOperator })).jobId);
    const seen = seenVersions(headers["Last-Event-ID"], jobIds);
    if (seen.size === new Set(jobIds).size && await allEnded(jobIds, seen)) return c.body(null, 204);
    c.header("content-type", "text/event-stream");
    c.header("cache-control", "no-cache");
    // what a HEAD is answered with has no body that anyone could read
    if (c.req.raw.method === "HEAD") return c.body(null, 200);
    const body = openEventBody({
      enter: () => open.enter(userId),
      gone: AbortSignal.any([c.env.client, c.get("refused")]),
      texts: (over) => texts({ jobIds, seen, over }),
      unreadMs,
      clock: deps.clock,
    });
    return body === null ? c.body(null, 200) : c.body(body);
  }

  async function* texts({ jobIds, seen, over }: Watch): AsyncGenerator<string> {
    yield `retry: ${retryMs}\n\n`;
    const signal = AbortSignal.any([deps.stopping, over]);
    using follower = hub.follow({ jobIds, seen, signal });
    yield* told(follower, new Map(seen));
    if (deps.stopping.aborted) yield ": this process ends; connect again\n\n";
  }

  async function allEnded(jobIds: readonly string[], seen: ReadonlyMap<string, string>): Promise<boolean> {
    const present = await hub.present(jobIds);
    return present.every(({ event, version }) =>
      isTerminal(event.state) && seen.get(event.job_id) === version
    );
  }
}

/** What one stream is about. */
interface Watch {
  readonly jobIds: readonly string[];
  /** Versions by job that the reader has. */
  readonly seen: ReadonlyMap<string, string>;
  /** Aborts when the stream has ended for another reason than its jobs. */
  readonly over: AbortSignal;
}

/** One event at a time, as it is asked for: what comes meanwhile takes the place of what was not read yet. */
async function* told(follower: Follower, seen: Map<string, string>): AsyncGenerator<string> {
  for (;;) {
    const next = await follower.next({ silentMs: heartbeatMs });
    if (next === "ended") return;
    if (next === "silent") {
      yield ": still here\n\n";
      continue;
    }
    seen.set(next.event.job_id, next.version);
    const id = eventId(seen, follower.jobIds);
    yield `event: job\ndata: ${JSON.stringify(next.event)}\nid: ${id}\n\n`;
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
