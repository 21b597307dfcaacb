import { canonicalJson } from "./canonical_json.ts";
import { validationError } from "./errors.ts";

/** Position after the last row of a page, in the order `createdAt DESC, jobId DESC`. */
export interface JobCursor {
  readonly createdAtMs: number;
  readonly jobId: string;
}

/** The cursor as clients carry it: base64url without padding of its canonical JSON. */
export function encodeJobCursor({ createdAtMs, jobId }: JobCursor): string {
  const text = canonicalJson({ created_at: new Date(createdAtMs).toISOString(), job_id: jobId });
  return new TextEncoder().encode(text).toBase64({ alphabet: "base64url", omitPadding: true });
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const utcTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00)$/;

/** Reads a cursor back, with or without padding. Throws the one `invalid_cursor` error for anything else. */
export function decodeJobCursor(text: string): JobCursor {
  try {
    const bytes = Uint8Array.fromBase64(text.replace(/=+$/, ""), { alphabet: "base64url" });
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const { created_at, job_id } = value;
    if (!utcTime.test(created_at) || !uuid.test(job_id)) throw new TypeError("not a cursor");
    const createdAtMs = Date.parse(created_at);
    if (Number.isNaN(createdAtMs)) throw new TypeError("no such time");
    return { createdAtMs, jobId: job_id.toLowerCase() };
  } catch {
    throw validationError("Invalid jobs cursor", [
      { path: "query.cursor", code: "invalid_cursor", message: "cursor must be base64url(json)" },
    ]);
  }
}
