import type { JsonObject } from "./json_reader.ts";

/** A strategy about to be saved. It never changes afterwards: another version is another strategy. */
export interface NewStrategy {
  /** Lower-case UUID. */
  readonly strategyId: string;
  /** Owner, a lower-case UUID. */
  readonly userId: string;
  /** What people call it; not blank, not unique. */
  readonly name: string;
  /** A template as `parseTemplate` returns it. */
  readonly spec: JsonObject;
}

/** A saved strategy. */
export interface Strategy extends NewStrategy {
  /** Epoch ms UTC. */
  readonly createdAtMs: number;
}

/** Longest name of a strategy, in UTF-16 code units. */
export const strategyNameLengthMax = 200;

/** Most strategies one user may keep. */
export const strategiesPerUserMax = 200;
