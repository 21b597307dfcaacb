import type { JobEvent } from "../answers/job.ts";
import type { OptimizationEvent } from "../answers/optimization.ts";
import type { RunStatus } from "../answers/run.ts";
import type { Run } from "../core/run/mod.ts";
import type { JobChanges } from "../ports/job_changes.ts";
import type { JobWakeups } from "../ports/job_wakeups.ts";
import type { OptimizationReader } from "../ports/optimization_reader.ts";
import type { Follower } from "../usecases/event_follower.ts";
import { EventHub } from "../usecases/event_hub.ts";
import { jobEventKind } from "../usecases/job_event.ts";
import { optimizationEventKind } from "../usecases/optimization_event.ts";
import { runEventKind, runVersion } from "../usecases/run_event.ts";
import type { ApiDeps, ApiRuns } from "./deps.ts";
import type { ApiContext } from "./endpoint.ts";
import { openEventBody } from "./event_body.ts";
import { eventId, seenVersions } from "./event_id.ts";
import { OpenStreams } from "./limits/open_streams.ts";

/** How often the hub looks at what is watched. */
const pollMs = 250;
/** A stream that has nothing to say for this long sends a comment, so that nobody on the way closes it. */
const heartbeatMs = 15_000;
/** How long a browser waits before it connects again. */
const retryMs = 2000;
/** How long a stream may stand unread before it counts as left; a connection that moves nothing is cut sooner. */
const unreadMs = 120_000;
/** Open streams of one user, of all kinds. */
const streamsMax = 20;
/** Open streams of the process. */
const streamsTotalMax = 5000;

/** What streams tell, by the name of their events. */
export interface StreamedEvents {
  readonly job: JobEvent;
  readonly optimization: OptimizationEvent;
  readonly run: RunStatus;
}

/** Whom a stream tells about what. */
export interface StreamRequest {
  readonly kind: keyof StreamedEvents;
  /** Things that exist and the caller may see. */
  readonly ids: readonly string[];
  readonly lastEventId: string | undefined;
  readonly userId: string;
  readonly c: ApiContext;
}

/** Server-sent events of all kinds: one hub, and one count of open streams. */
export class EventStreams {
  readonly #deps: Pick<ApiDeps, "clock" | "stopping">;
  readonly #hub: EventHub<StreamedEvents>;
  readonly #open: OpenStreams;

  constructor(
    deps: Pick<ApiDeps, "clock" | "log" | "metrics" | "stopping"> & {
      readonly changes: JobChanges;
      readonly wakeups: JobWakeups;
      readonly optimizations: OptimizationReader;
      readonly runs: ApiRuns | null;
    },
  ) {
    this.#deps = deps;
    const kinds = {
      job: jobEventKind(deps.changes),
      optimization: optimizationEventKind(deps.changes, deps.optimizations),
      run: runEventKind(deps.runs),
    };
    this.#hub = new EventHub({ ...deps, kinds, pollMs });
    this.#open = new OpenStreams({
      perUser: streamsMax,
      total: streamsTotalMax,
      retrySeconds: retryMs / 1000,
      tell: (total) => deps.metrics.eventStreams(total),
    });
  }

  /** The stream; 204 when all have ended and the caller has seen it. */
  async answer({ kind, ids, lastEventId, userId, c }: StreamRequest): Promise<Response> {
    const seen = seenVersions(lastEventId, ids);
    if (seen.size === new Set(ids).size && await this.#allEnded({ kind, ids, seen })) {
      return c.body(null, 204);
    }
    c.header("content-type", "text/event-stream");
    c.header("cache-control", "no-cache");
    // what a HEAD is answered with has no body that anyone could read
    if (c.req.raw.method === "HEAD") return c.body(null, 200);
    const body = openEventBody({
      enter: () => this.#open.enter(userId),
      gone: AbortSignal.any([c.env.client, c.get("refused")]),
      texts: (over) => this.#texts({ kind, ids, seen }, over),
      unreadMs,
      clock: this.#deps.clock,
    });
    return body === null ? c.body(null, 200) : c.body(body);
  }

  /** Waits for a state of a run other than this one; false where nobody waits any more, or there will be none. */
  async runChanged(
    run: Run,
    { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
  ): Promise<boolean> {
    const seen = new Map([[run.runId, runVersion(run)]]);
    using follower = this.#hub.follow({ kind: "run", ids: [run.runId], seen, signal });
    return await follower.next({ silentMs: ms }) !== "ended";
  }

  /** The texts of a stream; `over` aborts when it has ended for another reason than what it tells of. */
  async *#texts(watch: Watch, over: AbortSignal): AsyncGenerator<string> {
    yield `retry: ${retryMs}\n\n`;
    const { stopping } = this.#deps;
    using follower = this.#hub.follow({ ...watch, signal: AbortSignal.any([stopping, over]) });
    yield* told(follower, watch);
    if (stopping.aborted) yield ": this process ends; connect again\n\n";
  }

  async #allEnded({ kind, ids, seen }: Watch): Promise<boolean> {
    const present = await this.#hub.present(kind, ids);
    return present.every(({ id, ended, version }) => ended && seen.get(id) === version);
  }
}

/** What one stream is about. */
interface Watch {
  readonly kind: keyof StreamedEvents;
  readonly ids: readonly string[];
  /** Versions by id that the reader has. */
  readonly seen: ReadonlyMap<string, string>;
}

/** One event at a time, as it is asked for: what comes meanwhile takes the place of what was not read yet. */
async function* told(follower: Follower<unknown>, { kind, seen: before }: Watch): AsyncGenerator<string> {
  const seen = new Map(before);
  for (;;) {
    const next = await follower.next({ silentMs: heartbeatMs });
    if (next === "ended") return;
    if (next === "silent") {
      yield ": still here\n\n";
      continue;
    }
    seen.set(next.id, next.version);
    const id = eventId(seen, follower.ids);
    yield `event: ${kind}\ndata: ${JSON.stringify(next.event)}\nid: ${id}\n\n`;
  }
}
