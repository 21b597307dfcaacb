import { type CursorKind, decodeCursor, encodeCursor } from "../text/mod.ts";

/** Position after the last row of a page, in the order `createdAt DESC, runId DESC`. */
export interface RunCursor {
  readonly createdAtMs: number;
  readonly runId: string;
}

const kind: CursorKind = { idMember: "run_id", list: "runs" };

/** The cursor as clients carry it; see `encodeCursor`. */
export function encodeRunCursor({ createdAtMs, runId }: RunCursor): string {
  return encodeCursor({ createdAtMs, id: runId }, kind);
}

/** Reads a cursor back; throws as `decodeCursor` does. */
export function decodeRunCursor(text: string): RunCursor {
  const { createdAtMs, id } = decodeCursor(text, kind);
  return { createdAtMs, runId: id };
}
