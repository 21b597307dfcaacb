/** A database that answers, and what a pool to it must respect. Closing it stops the server if it is ours. */
export interface Database extends AsyncDisposable {
  /** `postgres://` with the password in it; never to be logged. */
  readonly dsn: string;
  /** How many connections the whole process may hold at a time. */
  readonly connectionsMax: number;
  /** Whether LISTEN works, which takes a connection of its own. */
  readonly canListen: boolean;
  /** What it is and where, without secrets. */
  readonly description: string;
  close(): Promise<void>;
}
