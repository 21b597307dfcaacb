import type { JobEvent } from "../answers/job.ts";
import { isTerminal, ProgressRate } from "../core/job/mod.ts";
import type { Clock } from "../ports/clock.ts";
import { type JobChanges, type JobSnapshot, snapshotsMax } from "../ports/job_changes.ts";
import type { JobWakeups } from "../ports/job_wakeups.ts";
import type { Log } from "../ports/log.ts";
import { race } from "../ports/race.ts";
import { jobEvent, versionOf } from "./job_event.ts";

/** What the hub watches with. */
export interface JobEventsDeps {
  readonly changes: JobChanges;
  /** Make the hub look at once; it looks every `pollMs` all the same. */
  readonly wakeups: JobWakeups;
  readonly clock: Clock;
  readonly log: Log;
  readonly pollMs: number;
}

/** A job's state with the name of what it shows. */
export interface VersionedEvent {
  readonly event: JobEvent;
  readonly version: string;
}

/** Who listens to which jobs, and what he has seen of them. */
export interface FollowQuery {
  /** Jobs that exist and the listener may see. */
  readonly jobIds: readonly string[];
  /** Versions by job that need not be told again. */
  readonly seen?: ReadonlyMap<string, string>;
  /** Ends the following. */
  readonly signal: AbortSignal;
}

/**
 * Tells many listeners about many jobs with one look at the database for all of them, one at a time, and none while
 * nobody listens. So a worker's writes cost the same whether its job is watched or not: a NOTIFY with every progress
 * would hold the one lock that orders all notices of a server, also for those whom nobody hears.
 *
 * A listener holds at most the newest state of each of its jobs. One that reads slowly misses states in between, never
 * the newest one and never the end.
 */
export class JobEvents {
  readonly #deps: JobEventsDeps;
  readonly #topics = new Map<string, Topic>();
  #looking: AbortController | null = null;
  #hint = Promise.withResolvers<void>();

  constructor(deps: JobEventsDeps) {
    this.#deps = deps;
  }

  /** How many jobs somebody listens to. */
  get watchedJobs(): number {
    return this.#topics.size;
  }

  /** The present states of some jobs, read for this call alone; without a pace. Unknown jobs are left out. */
  async present(jobIds: readonly string[]): Promise<readonly VersionedEvent[]> {
    const snapshots = await this.#deps.changes.look([...new Set(jobIds)]);
    return snapshots.map((snapshot) => ({
      version: versionOf(snapshot),
      event: jobEvent(snapshot, new ProgressRate().next(snapshot)),
    }));
  }

  /** Starts to listen; whoever starts disposes of the follower. */
  follow(query: FollowQuery): Follower {
    const follower = new Follower(query, { clock: this.#deps.clock, leave: () => this.#leave(follower) });
    for (const jobId of follower.jobIds) {
      const topic = this.#topics.get(jobId) ?? new Topic();
      this.#topics.set(jobId, topic);
      topic.followers.add(follower);
      if (topic.latest) follower.tell(topic.latest);
    }
    if (this.#looking === null) this.#start();
    else this.#hint.resolve();
    return follower;
  }

  #leave(follower: Follower): void {
    for (const jobId of follower.jobIds) {
      const topic = this.#topics.get(jobId);
      topic?.followers.delete(follower);
      if (topic?.followers.size === 0) this.#topics.delete(jobId);
    }
    if (this.#topics.size > 0) return;
    this.#looking?.abort();
    this.#looking = null;
  }

  #start(): void {
    const looking = new AbortController();
    this.#looking = looking;
    void this.#run(looking.signal);
  }

  async #run(stopped: AbortSignal): Promise<void> {
    const hinted = () => this.#hint.resolve();
    using _subscription = this.#deps.wakeups.subscribe({ queued: hinted, cancelRequested: hinted });
    let failing = false;
    while (!stopped.aborted) {
      this.#hint = Promise.withResolvers();
      try {
        await this.#look();
        failing = false;
      } catch (error) {
        if (!failing) this.#deps.log.warn("job_events_failed", { error });
        failing = true;
      }
      await this.#pause(stopped);
    }
  }

  /** Until the next look is due, or somebody says that it would be worth while. */
  async #pause(stopped: AbortSignal): Promise<void> {
    const { clock, pollMs } = this.#deps;
    await race(() => this.#hint.promise, {
      deadline: { clock, ms: pollMs, late() {} },
      abort: { signal: stopped, aborted() {} },
    });
  }

  async #look(): Promise<void> {
    const jobIds = [...this.#topics].filter(([, topic]) => !topic.latest?.event.terminal).map(([jobId]) =>
      jobId
    );
    for (let from = 0; from < jobIds.length; from += snapshotsMax) {
      const asked = jobIds.slice(from, from + snapshotsMax);
      const snapshots = await this.#deps.changes.look(asked);
      for (const snapshot of snapshots) this.#topics.get(snapshot.jobId)?.show(snapshot);
      const found = new Set(snapshots.map(({ jobId }) => jobId));
      for (const jobId of asked.filter((jobId) => !found.has(jobId))) this.#topics.get(jobId)?.end(jobId);
    }
  }
}

/** One watched job. */
class Topic {
  readonly followers = new Set<Follower>();
  readonly #rate = new ProgressRate();
  latest: VersionedEvent | null = null;

  show(snapshot: JobSnapshot): void {
    const version = versionOf(snapshot);
    if (version === this.latest?.version) return;
    this.latest = { version, event: jobEvent(snapshot, this.#rate.next(snapshot)) };
    for (const follower of this.followers) follower.tell(this.latest);
  }

  /** Nothing more will come: the job was deleted. */
  end(jobId: string): void {
    for (const follower of this.followers) follower.end(jobId);
  }
}

/** One listener: the newest untold state of each of its jobs. */
export class Follower implements Disposable {
  readonly jobIds: readonly string[];
  readonly #query: FollowQuery;
  readonly #hub: { readonly clock: Clock; readonly leave: () => void };
  readonly #untold = new Map<string, VersionedEvent>();
  readonly #ended = new Set<string>();
  #bell = Promise.withResolvers<void>();

  constructor(query: FollowQuery, hub: { readonly clock: Clock; readonly leave: () => void }) {
    this.jobIds = [...new Set(query.jobIds)];
    this.#query = query;
    this.#hub = hub;
  }

  /** Keeps a state until it is read; a newer one of the same job takes its place. */
  tell(told: VersionedEvent): void {
    const { job_id, state } = told.event;
    if (this.#query.seen?.get(job_id) !== told.version) this.#untold.set(job_id, told);
    else if (isTerminal(state)) this.#ended.add(job_id);
    this.#bell.resolve();
  }

  /** Waits no longer for this job. */
  end(jobId: string): void {
    this.#ended.add(jobId);
    this.#bell.resolve();
  }

  /**
   * The next untold state, oldest job first; `silent` when there was none for `silentMs`, `ended` when all jobs have
   * ended and been told of, or the signal aborted.
   */
  async next({ silentMs }: { readonly silentMs: number }): Promise<VersionedEvent | "silent" | "ended"> {
    const { signal } = this.#query;
    const { clock } = this.#hub;
    const untilMs = clock.monotonicMs() + silentMs;
    let silent = false;
    for (;;) {
      if (signal.aborted || this.#ended.size === this.jobIds.length) return "ended";
      const [told] = this.#untold.values();
      if (told !== undefined) return this.#take(told);
      if (silent) return "silent";
      this.#bell = Promise.withResolvers();
      await race(() => this.#bell.promise, {
        deadline: { clock, ms: untilMs - clock.monotonicMs(), late: () => void (silent = true) },
        abort: { signal, aborted() {} },
      });
    }
  }

  #take(told: VersionedEvent): VersionedEvent {
    const { job_id, terminal } = told.event;
    this.#untold.delete(job_id);
    if (terminal) this.#ended.add(job_id);
    return told;
  }

  [Symbol.dispose](): void {
    this.#hub.leave();
  }
}
