/** What is wrong with a database call; see docs/metrics.md. */
export type DatabaseErrorKind =
  | "connection"
  | "timeout"
  | "resources"
  | "conflict"
  | "integrity"
  | "permission"
  | "other";

/** All kinds, in the order of the documentation. */
export const databaseErrorKinds: readonly DatabaseErrorKind[] = [
  "connection",
  "timeout",
  "resources",
  "conflict",
  "integrity",
  "permission",
  "other",
];

/** How a process uses its database, as it stands now. */
export interface DatabaseUsage {
  /** Size of the pool. */
  readonly connectionsMax: number;
  /** Calls under way; those beyond `connectionsMax` wait for a connection. */
  readonly callsUnderWay: number;
  /** Calls that failed since the start, by kind. */
  errors(kind: DatabaseErrorKind): number;
}
