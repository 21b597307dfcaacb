import type { Clock } from "../ports/clock.ts";
import type { JobWakeups } from "../ports/job_wakeups.ts";
import type { Log } from "../ports/log.ts";
import { race } from "../ports/race.ts";
import { Follower, type FollowQuery, type VersionedEvent } from "./event_follower.ts";

/** A kind of things that are watched: how they are looked at, and what is told of them. */
export interface EventKind<Snapshot, Event> {
  /** Present states without an owner filter, in no order; unknown ids are left out. */
  look(ids: readonly string[]): Promise<readonly Snapshot[]>;
  /** Most ids of one look. */
  readonly lookMax: number;
  idOf(snapshot: Snapshot): string;
  /** Names what a snapshot shows; the same in every process, so that a stream can be resumed anywhere. */
  versionOf(snapshot: Snapshot): string;
  /** Whether nothing more will come after it. */
  isEnd(snapshot: Snapshot): boolean;
  /** Makes the events of one thing, in the order in which it was seen. */
  teller(): (snapshot: Snapshot) => Event;
}

/** Kinds by their names. */
// deno-lint-ignore no-explicit-any -- a kind's snapshots stay within it
export type EventKinds<Events> = { readonly [Kind in keyof Events]: EventKind<any, Events[Kind]> };

/** What the hub watches with. */
export interface EventHubDeps<Events> {
  readonly kinds: EventKinds<Events>;
  /** Make the hub look at once; it looks every `pollMs` all the same. */
  readonly wakeups: JobWakeups;
  readonly clock: Clock;
  readonly log: Log;
  readonly pollMs: number;
}

/**
 * Tells many listeners about many things of several kinds with one look at the database for all of a kind, one at a time,
 * and none while nobody listens. So a worker's writes cost the same whether its job is watched or not: a NOTIFY with every
 * progress would hold the one lock that orders all notices of a server, also for those whom nobody hears.
 *
 * A listener holds at most the newest state of each thing. One that reads slowly misses states in between, never the
 * newest one and never the end.
 */
export class EventHub<Events> {
  readonly #deps: EventHubDeps<Events>;
  readonly #kinds: readonly WatchedKind<unknown, Events[keyof Events]>[];
  #looking: AbortController | null = null;
  #hint = Promise.withResolvers<void>();

  constructor(deps: EventHubDeps<Events>) {
    this.#deps = deps;
    this.#kinds = Object.keys(deps.kinds).map((name) =>
      new WatchedKind(name, deps.kinds[name as keyof Events])
    );
  }

  /** How many things somebody listens to. */
  get watched(): number {
    return this.#kinds.reduce((sum, { topics }) => sum + topics.size, 0);
  }

  /** The present states of some things, read for this call alone; without a pace. Unknown ones are left out. */
  async present<Kind extends keyof Events>(
    kind: Kind,
    ids: readonly string[],
  ): Promise<readonly VersionedEvent<Events[Kind]>[]> {
    const source = this.#deps.kinds[kind];
    const snapshots = await source.look([...new Set(ids)]);
    return snapshots.map((snapshot) => ({
      id: source.idOf(snapshot),
      version: source.versionOf(snapshot),
      ended: source.isEnd(snapshot),
      event: source.teller()(snapshot),
    }));
  }

  /** Starts to listen; whoever starts disposes of the follower. */
  follow<Kind extends keyof Events>(query: FollowQuery<Kind>): Follower<Events[Kind]> {
    const kind = this.#kinds.find(({ name }) => name === query.kind) as
      | WatchedKind<unknown, Events[Kind]>
      | undefined;
    if (kind === undefined) throw new Error(`Cannot follow: there is no kind "${String(query.kind)}"`);
    const follower: Follower<Events[Kind]> = new Follower(query, {
      clock: this.#deps.clock,
      leave: () => {
        kind.leave(follower);
        this.#rest();
      },
    });
    kind.enter(follower);
    if (this.#looking === null) this.#start();
    else this.#hint.resolve();
    return follower;
  }

  #rest(): void {
    if (this.watched > 0) return;
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
    const failing = new Set<string>();
    while (!stopped.aborted) {
      this.#hint = Promise.withResolvers();
      for (const kind of this.#kinds) {
        try {
          await kind.look();
          failing.delete(kind.name);
        } catch (error) {
          if (!failing.has(kind.name)) this.#deps.log.warn(`${kind.name}_events_failed`, { error });
          failing.add(kind.name);
        }
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
}

/** The watched things of one kind. */
class WatchedKind<Snapshot, Event> {
  readonly name: string;
  readonly topics = new Map<string, Topic<Snapshot, Event>>();
  readonly #kind: EventKind<Snapshot, Event>;

  constructor(name: string, kind: EventKind<Snapshot, Event>) {
    this.name = name;
    this.#kind = kind;
  }

  enter(follower: Follower<Event>): void {
    for (const id of follower.ids) {
      const topic = this.topics.get(id) ?? new Topic(this.#kind);
      this.topics.set(id, topic);
      topic.followers.add(follower);
      if (topic.latest) follower.tell(topic.latest);
    }
  }

  leave(follower: Follower<Event>): void {
    for (const id of follower.ids) {
      const topic = this.topics.get(id);
      topic?.followers.delete(follower);
      if (topic?.followers.size === 0) this.topics.delete(id);
    }
  }

  /** Looks at all that have not ended and tells what is new of them. */
  async look(): Promise<void> {
    const { lookMax, idOf } = this.#kind;
    const ids = [...this.topics].filter(([, topic]) => !topic.latest?.ended).map(([id]) => id);
    for (let from = 0; from < ids.length; from += lookMax) {
      const asked = ids.slice(from, from + lookMax);
      const snapshots = await this.#kind.look(asked);
      for (const snapshot of snapshots) this.topics.get(idOf(snapshot))?.show(snapshot);
      const found = new Set(snapshots.map(idOf));
      for (const id of asked.filter((id) => !found.has(id))) this.topics.get(id)?.end(id);
    }
  }
}

/** One watched thing. */
class Topic<Snapshot, Event> {
  readonly followers = new Set<Follower<Event>>();
  readonly #kind: EventKind<Snapshot, Event>;
  readonly #eventOf: (snapshot: Snapshot) => Event;
  latest: VersionedEvent<Event> | null = null;

  constructor(kind: EventKind<Snapshot, Event>) {
    this.#kind = kind;
    this.#eventOf = kind.teller();
  }

  show(snapshot: Snapshot): void {
    const { versionOf, idOf, isEnd } = this.#kind;
    const version = versionOf(snapshot);
    if (version === this.latest?.version) return;
    this.latest = { id: idOf(snapshot), version, ended: isEnd(snapshot), event: this.#eventOf(snapshot) };
    for (const follower of this.followers) follower.tell(this.latest);
  }

  /** Nothing more will come: it was deleted. */
  end(id: string): void {
    for (const follower of this.followers) follower.end(id);
  }
}
