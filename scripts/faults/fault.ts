import type { FaultyServer, ServerOptions } from "./faulty_server.ts";

/** How worker and API reach the database, and the fault reaches them. */
export interface Route {
  /** What they are started with. */
  readonly dsn: string;
  /** The command they are started by, such as one that enters a network namespace. */
  readonly within?: readonly string[];
  /** Where the API listens; loopback unless given. */
  readonly apiHost?: string;
  /** Whether sessions on the server outlive the processes, as those of a pooler do. */
  readonly keepsSessions?: boolean;
}

/** What a fault has at hand while it strikes. */
export interface Striking<R extends Route = Route> {
  readonly server: FaultyServer;
  readonly route: R;
}

/** One kind of trouble, injected for real. */
export interface Fault<R extends Route = Route> {
  readonly name: string;
  /** What is done, in words of the table. */
  readonly injected: string;
  /** Why it cannot be tried on this machine; null when it can. */
  readonly obstacle?: () => Promise<string | null>;
  readonly server?: ServerOptions;
  /** Lays the way to the database; the server's own address unless given. */
  readonly lay?: (server: FaultyServer, resources: AsyncDisposableStack) => Promise<R>;
  /** Strikes, and resolves when it is over. */
  readonly strike: (striking: Striking<R>) => Promise<void>;
  /** What a worker or the API logs of it. One that nobody notices was not injected, and counts as not survived. */
  readonly felt: RegExp;
}

/** A fault whose way to the database has more to it than {@link Route} shows. */
export function faultOf<R extends Route>(fault: Fault<R>): Fault {
  return fault as unknown as Fault;
}

/** Longer than a lease of the processes under test, so that every job that runs loses its own. */
export const outageMs = 8000;
