import { type CursorKind, decodeCursor, encodeCursor } from "../text/mod.ts";

/** Position after the last row of a page, in the order `createdAt DESC, jobId DESC`. */
export interface JobCursor {
  readonly createdAtMs: number;
  readonly jobId: string;
}

const kind: CursorKind = { idMember: "job_id", list: "jobs" };

/** The cursor as clients carry it; see `encodeCursor`. */
export function encodeJobCursor({ createdAtMs, jobId }: JobCursor): string {
  return encodeCursor({ createdAtMs, id: jobId }, kind);
}

/** Reads a cursor back; throws as `decodeCursor` does. */
export function decodeJobCursor(text: string): JobCursor {
  const { createdAtMs, id } = decodeCursor(text, kind);
  return { createdAtMs, jobId: id };
}
