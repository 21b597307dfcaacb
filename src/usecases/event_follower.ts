import type { Clock } from "../ports/clock.ts";
import { race } from "../ports/race.ts";

/** What is told of one thing, with the name of what it shows. */
export interface VersionedEvent<Event> {
  readonly id: string;
  readonly version: string;
  /** Whether this is the last event. */
  readonly ended: boolean;
  readonly event: Event;
}

/** Who listens to which things of a kind, and what he has seen of them. */
export interface FollowQuery<Kind = string> {
  readonly kind: Kind;
  /** Things that exist and the listener may see. */
  readonly ids: readonly string[];
  /** Versions by id that need not be told again. */
  readonly seen?: ReadonlyMap<string, string>;
  /** Ends the following. */
  readonly signal: AbortSignal;
}

/** One listener: the newest untold state of each thing it listens to. */
export class Follower<Event> implements Disposable {
  readonly ids: readonly string[];
  readonly #query: Omit<FollowQuery, "kind">;
  readonly #hub: { readonly clock: Clock; readonly leave: () => void };
  readonly #untold = new Map<string, VersionedEvent<Event>>();
  readonly #ended = new Set<string>();
  #bell = Promise.withResolvers<void>();

  constructor(
    query: Omit<FollowQuery, "kind">,
    hub: { readonly clock: Clock; readonly leave: () => void },
  ) {
    this.ids = [...new Set(query.ids)];
    this.#query = query;
    this.#hub = hub;
  }

  /** Keeps a state until it is read; a newer one of the same thing takes its place. */
  tell(told: VersionedEvent<Event>): void {
    const { id, version, ended } = told;
    if (this.#query.seen?.get(id) !== version) this.#untold.set(id, told);
    else if (ended) this.#ended.add(id);
    this.#bell.resolve();
  }

  /** Waits no longer for this one. */
  end(id: string): void {
    this.#ended.add(id);
    this.#bell.resolve();
  }

  /**
   * The next untold state, oldest first; `silent` when there was none for `silentMs`, `ended` when all have
   * ended and been told of, or the signal aborted.
   */
  async next(
    { silentMs }: { readonly silentMs: number },
  ): Promise<VersionedEvent<Event> | "silent" | "ended"> {
    const { signal } = this.#query;
    const { clock } = this.#hub;
    const untilMs = clock.monotonicMs() + silentMs;
    let silent = false;
    for (;;) {
      if (signal.aborted || this.#ended.size === this.ids.length) return "ended";
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

  #take(told: VersionedEvent<Event>): VersionedEvent<Event> {
    const { id, ended } = told;
    this.#untold.delete(id);
    if (ended) this.#ended.add(id);
    return told;
  }

  [Symbol.dispose](): void {
    this.#hub.leave();
  }
}
