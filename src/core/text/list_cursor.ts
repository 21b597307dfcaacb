import { validationError } from "../errors/mod.ts";
import { canonicalJson } from "./canonical_json.ts";
import { parseTimestamp } from "./time_text.ts";
import { trimEndOf } from "./trim.ts";
import { isUuid } from "./uuid.ts";

/** Position after the last row of a page, in the order `createdAt DESC, id DESC`. */
export interface ListCursor {
  readonly createdAtMs: number;
  /** Lower-case UUID. */
  readonly id: string;
}

/** Whose list it is. */
export interface CursorKind {
  /** Member of the cursor that holds the id: `job_id`. */
  readonly idMember: string;
  /** In error texts: `jobs`. */
  readonly list: string;
}

/** The cursor as clients carry it: base64url without padding of its canonical JSON. */
export function encodeCursor({ createdAtMs, id }: ListCursor, { idMember }: CursorKind): string {
  const text = canonicalJson({ created_at: new Date(createdAtMs).toISOString(), [idMember]: id });
  return new TextEncoder().encode(text).toBase64({ alphabet: "base64url", omitPadding: true });
}

// a year that databases know, too: they go from 1 BC to 1 AD
const utcTime = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00)$/;

/** Reads a cursor back, with or without padding. Throws the one `invalid_cursor` error for anything else. */
export function decodeCursor(text: string, { idMember, list }: CursorKind): ListCursor {
  try {
    const bytes = Uint8Array.fromBase64(trimEndOf(text, "="), { alphabet: "base64url" });
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const { created_at, [idMember]: id } = value;
    if (typeof created_at !== "string" || typeof id !== "string") throw new TypeError("not a cursor");
    const createdAtMs = utcTime.test(created_at) ? parseTimestamp(created_at) : null;
    if (createdAtMs === null || !isUuid(id.toLowerCase())) throw new TypeError("not a cursor");
    return { createdAtMs, id: id.toLowerCase() };
  } catch {
    throw validationError(`Invalid ${list} cursor`, [
      { path: "query.cursor", code: "invalid_cursor", message: "cursor must be base64url(json)" },
    ]);
  }
}
