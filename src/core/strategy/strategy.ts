import { type BacktestError, validationError } from "../errors/mod.ts";
import { requireUuid } from "../job/mod.ts";
import { type CursorKind, decodeCursor, encodeCursor, type JsonObject } from "../text/mod.ts";

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

/** Throws a TypeError unless a new strategy can be stored: ids, a name of sensible length, a specification with members. */
export function requireNewStrategy({ strategyId, userId, name, spec }: NewStrategy): void {
  requireUuid("strategy id", strategyId);
  requireUuid("user id", userId);
  if (name === "" || name !== name.trim() || name.length > strategyNameLengthMax) {
    throw new TypeError(
      `Cannot save strategy "${strategyId}": its name must have 1 to ${strategyNameLengthMax} characters and no blanks around it`,
    );
  }
  if (Array.isArray(spec) || Object.keys(spec).length === 0) {
    throw new TypeError(`Cannot save strategy "${strategyId}": its specification has no members`);
  }
}

/** Position after the last row of a page, in the order `createdAt DESC, strategyId DESC`. */
export interface StrategyCursor {
  readonly createdAtMs: number;
  readonly strategyId: string;
}

const kind: CursorKind = { idMember: "strategy_id", list: "strategies" };

/** The cursor as clients carry it; see `encodeCursor`. */
export function encodeStrategyCursor({ createdAtMs, strategyId }: StrategyCursor): string {
  return encodeCursor({ createdAtMs, id: strategyId }, kind);
}

/** Reads a cursor back; throws as `decodeCursor` does, so also for the cursor of another list. */
export function decodeStrategyCursor(text: string): StrategyCursor {
  const { createdAtMs, id } = decodeCursor(text, kind);
  return { createdAtMs, strategyId: id };
}

/** The refusal of a new strategy whose owner already keeps `kept` of `max`. */
export function strategyQuotaExceeded(kept: number, max: number): BacktestError {
  return validationError(`Saved strategies quota exceeded (max=${max})`, [{
    path: "body",
    code: "quota_exceeded",
    message: `saved strategies limit reached (${kept}/${max})`,
  }]);
}
