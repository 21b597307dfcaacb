import { type CursorKind, decodeCursor, encodeCursor } from "./list_cursor.ts";

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
